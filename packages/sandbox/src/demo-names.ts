/** A name as its owner writes it, and the letters it has in an e-mail address. */
export type SpelledName = readonly [written: string, ascii: string];

/** Where made-up people come from. */
export interface Culture {
  readonly weight: number;
  readonly given: readonly SpelledName[];
  readonly family: readonly SpelledName[];
  readonly places: readonly Place[];
  /** The beginning of the number; two more digits leave it reserved for drama or too short, so that nobody's phone rings. */
  readonly phonePrefix: string;
}

/** A postal address without street number. */
interface Place {
  readonly street: string;
  readonly city: string;
  readonly region: string;
  readonly postalCode: string;
  readonly country: string;
}

const names = (list: string): readonly SpelledName[] =>
  list.split(' ').map((one) => {
    const [written = '', ascii = written.toLowerCase()] = one.split('/');
    return [written.replaceAll('_', ' '), ascii.toLowerCase()] as const;
  });

const place = (street: string, city: string, region: string, postalCode: string, country: string): Place => ({
  street,
  city,
  region,
  postalCode,
  country,
});

/** The cultures of the customer base; the weights add up to 100. */
export const CULTURES: readonly Culture[] = [
  {
    weight: 40,
    given: names('James Mary Robert Linda Michael Susan David Karen William Emma Daniel Grace Thomas Alice Henry Ruth'),
    family: names("Smith Johnson Brown Miller Davis Wilson Moore Taylor Clark Lewis Walker O'Neill/oneill Hall Young"),
    places: [
      place('Elm Street', 'Springfield', 'IL', '62701', 'US'),
      place('Harbor Road', 'Portland', 'OR', '97201', 'US'),
      place('Mill Lane', 'Bath', 'Somerset', 'BA1 1AA', 'GB'),
    ],
    phonePrefix: '+1 555 01',
  },
  {
    weight: 14,
    given: names(
      'Jürgen/juergen Käthe/kaethe Björn/bjoern Zoë/zoe Łukasz/lukasz Małgorzata/malgorzata Søren/soren Åsa/asa',
    ),
    family: names(
      'Müller/mueller Weiß/weiss Nyström/nystrom Dvořák/dvorak Kowalczyk Łęcki/lecki Šimůnek/simunek Ærø/aeroe',
    ),
    places: [
      place('Königstraße', 'Tübingen', 'Baden-Württemberg', '72070', 'DE'),
      place('ulica Długa', 'Łódź', 'Łódzkie', '90-001', 'PL'),
    ],
    phonePrefix: '+49 30 23125',
  },
  {
    weight: 14,
    given: names(
      'José/jose Chloé/chloe François/francois Inês/ines João/joao Ana_María/anamaria Renée/renee Niccolò/niccolo',
    ),
    family: names(
      'Núñez/nunez García/garcia Lefèvre/lefevre Gonçalves/goncalves Müller-Ibáñez/mueller-ibanez Rossi D’Angelò/dangelo',
    ),
    places: [
      place('Calle del Olmo', 'Málaga', 'Andalucía', '29001', 'ES'),
      place('rue de l’Église', 'Orléans', 'Centre-Val de Loire', '45000', 'FR'),
    ],
    phonePrefix: '+33 1 99 00',
  },
  {
    weight: 4,
    given: names('Γιώργος/giorgos Ελένη/eleni Νίκος/nikos Σοφία/sofia'),
    family: names('Παπαδόπουλος/papadopoulos Νικολάου/nikolaou Οικονόμου/oikonomou'),
    places: [place('Οδός Ερμού', 'Αθήνα', 'Αττική', '105 63', 'GR')],
    phonePrefix: '+30 21 0000',
  },
  {
    weight: 6,
    given: names('Олена/olena Дмитро/dmytro Ирина/irina Сергей/sergey Наталія/nataliia'),
    family: names('Шевченко/shevchenko Коваленко/kovalenko Иванова/ivanova Петров/petrov'),
    places: [place('вулиця Лесі Українки', 'Київ', 'Київ', '01001', 'UA')],
    phonePrefix: '+380 44 000',
  },
  {
    weight: 4,
    given: names('محمد/mohammed فاطمة/fatima يوسف/youssef ليلى/layla'),
    family: names('الحسن/alhassan منصور/mansour العلي/alali'),
    places: [place('شارع النيل', 'القاهرة', 'القاهرة', '11511', 'EG')],
    phonePrefix: '+20 2 0000',
  },
  {
    weight: 2,
    given: names('נועה/noa דוד/david תמר/tamar'),
    family: names('כהן/cohen לוי/levi מזרחי/mizrahi'),
    places: [place('רחוב הרצל', 'חיפה', 'חיפה', '3303139', 'IL')],
    phonePrefix: '+972 4 000',
  },
  {
    weight: 5,
    given: names('伟/wei 芳/fang 秀英/xiuying 小明/xiaoming'),
    family: names('王/wang 李/li 张/zhang 欧阳/ouyang'),
    places: [place('中山路', '杭州', '浙江', '310000', 'CN')],
    phonePrefix: '+86 571 0000',
  },
  {
    weight: 4,
    given: names('さくら/sakura 健一/kenichi 陽子/yoko ユキ/yuki'),
    family: names('佐藤/sato 鈴木/suzuki 渡邊/watanabe 髙橋/takahashi'),
    places: [place('桜丘町', '渋谷区', '東京都', '150-0031', 'JP')],
    phonePrefix: '+81 3 0000',
  },
  {
    weight: 2,
    given: names('민준/minjun 서연/seoyeon 지우/jiwoo'),
    family: names('김/kim 이/lee 박/park'),
    places: [place('세종대로', '중구', '서울특별시', '04524', 'KR')],
    phonePrefix: '+82 2 0000',
  },
  {
    weight: 3,
    given: names('अनिल/anil प्रिया/priya सीता/sita अर्जुन/arjun'),
    family: names('शर्मा/sharma पटेल/patel सिंह/singh'),
    places: [place('महात्मा गांधी मार्ग', 'जयपुर', 'राजस्थान', '302001', 'IN')],
    phonePrefix: '+91 141 000',
  },
  {
    weight: 2,
    given: names('สมชาย/somchai มาลี/malee อรุณ/arun'),
    family: names('ใจดี/jaidee ศรีสุข/srisuk ทองดี/thongdee'),
    places: [place('ถนนสุขุมวิท', 'กรุงเทพฯ', 'กรุงเทพมหานคร', '10110', 'TH')],
    phonePrefix: '+66 2 000',
  },
];

export const TITLES: readonly string[] = [
  'Owner',
  'Buyer',
  'Head of Sales',
  'Office Manager',
  'Geschäftsführerin',
  'Directrice',
  'Engineer',
  'CTO',
  'Volunteer',
  'Dr., Chief Physician',
];

export const COMPANIES: readonly string[] = [
  'Northwind Bakery',
  'Müller & Söhne GmbH',
  'Café L’Étoile',
  'Łódzkie Młyny',
  '東京商事株式会社',
  'Green "Leaf" Supplies, Inc.',
  'Ελαιώνες Α.Ε.',
  'Harbor & Sons',
  'Acme Outdoor',
  'Volta Energy',
];

/** Only domains that RFC 2606 and RFC 6761 reserve: no mail can ever reach anybody. */
export const DOMAINS: readonly string[] = [
  'example.org',
  'example.com',
  'mail.example',
  'northwind.example',
  'acme.test',
  'post.test',
];

/** Domains with letters beyond ASCII: as people write them, and as the DNS does. */
export const IDN_DOMAINS: readonly SpelledName[] = [
  ['bücher.example', 'xn--bcher-kva.example'],
  ['café.example', 'xn--caf-dma.example'],
];
