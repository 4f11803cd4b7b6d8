import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { UnreadableList } from '../../src/opt-out-list/unreadable-list.ts';
import { bytesOf, read, readAll, type Written } from './files.ts';

describe('C20: a file becomes addresses, line by line', () => {
  it('takes quotes, line breaks in quotes, display names, blanks, upper case, IDN, mailto and mixed line ends', async () => {
    const { said, shape } = await read(
      [
        'Name,E-Mail,Note\n',
        'Ann,ANN@Example.ORG,\r\n',
        '"Doe, Jane","""Doe, Jane"" <jane@example.org>","two\nlines, here"\n',
        '\n',
        'Bob,"  bob@example.org  ",x\r',
        'Cat,\u00a0cat@bücher.example\u200b,\n',
        'Dan,mailto:dan@example.org,\n',
        'Eve,<eve@example.org>,',
      ].join(''),
    );
    expect(shape).toMatchObject({ encoding: 'utf-8', delimiter: ',', column: { name: 'E-Mail', header: true } });
    expect(said).toEqual([
      '2 ann@example.org',
      '3 jane@example.org',
      '6 bob@example.org',
      '7 cat@xn--bcher-kva.example',
      '8 dan@example.org',
      '9 eve@example.org',
    ]);
  });

  it('names the line and the reason of what is broken, and never the address', async () => {
    const { said } = await read(
      'Email;Name\nann.example.org;Ann\n;Bob\ncat@x@y.org;Cat\ndan@x.org;eve@x.org;Dan\nfay@nowhere;Fay\n;\n',
    );
    expect(said).toEqual([
      '2! not an e-mail address: no @',
      '3! no address',
      '4! more than one @: one address a line is taken',
      '5! 3 columns, the first row has 2',
      '6! not an e-mail address',
    ]);
  });

  it('reads a display name in quotes that nobody quoted for CSV', async () => {
    expect((await read('Email\n"Doe, Jane" <jane@example.org>\n"ann@example.org"  \n')).said).toEqual([
      '2 jane@example.org',
      '3 ann@example.org',
    ]);
  });

  it('takes a file without a header, and a broken first row is a row', async () => {
    expect((await read('ann@x.org\nbob@x.org')).said).toEqual(['1 ann@x.org', '2 bob@x.org']);
    expect((await read('1;Ann;ann@x.org\n2;Bob;bob@x.org')).said).toEqual(['1 ann@x.org', '2 bob@x.org']);
    expect((await read('ann@@x\nbob@x.org')).said[0]).toBe('1! more than one @: one address a line is taken');
    expect((await read('anybody\nbob@x.org')).shape.column).toMatchObject({ header: true, index: 0 });
  });

  it('takes the columns of an export of ours, and undoes what makes it safe in a spreadsheet', async () => {
    const { said } = await read('"address","state"\n"\'+ann@x.org","opted-out"\n', { column: 'address' });
    expect(said).toEqual(['2 +ann@x.org']);
  });

  it('obeys the first line of a spreadsheet that names the delimiter', async () => {
    expect((await read('sep=;\r\nEmail;Name\r\nann@x.org;"a,b,c"\r\n')).said).toEqual(['3 ann@x.org']);
  });

  it('is not misled by an address that holds a delimiter', async () => {
    expect((await read('a|b@x.org\nbob@x.org\n')).said).toEqual(['1 a|b@x.org', '2 bob@x.org']);
  });

  it('an empty file, and one of a header alone, hold nobody', async () => {
    expect((await read('')).shape.column).toBeNull();
    expect((await read('\n \n')).lines).toEqual([]);
    expect((await read('Email,Name\n')).lines).toEqual([]);
  });
});

describe('the column of the addresses', () => {
  const wrong = async (text: string, column: string | null = null): Promise<string> => {
    const error: unknown = await read(text, { column }).catch((one: unknown) => one);
    expect(error).toBeInstanceOf(UnreadableList);
    return error instanceof Error ? error.message : '';
  };

  it.each(['Email', 'EMAIL ADDRESS', 'e-mail', 'E-Mail-Adresse', 'Contact: Email', 'Courriel', 'mail'])(
    'is found by the name %s',
    async (name) => {
      const text = `Id,"${name}",Email Opt-Out,Last mail date\n1,ann@x.org,true,today\n`;
      expect((await read(text)).said).toEqual(['2 ann@x.org']);
    },
  );

  it('is chosen by name, whatever the case, or by number', async () => {
    const text = 'Id,Work mail,Private mail\n1,ann@x.org,a@y.org\n';
    expect((await read(text, { column: ' private MAIL' })).said).toEqual(['2 a@y.org']);
    expect((await read(text, { column: '2' })).said).toEqual(['2 ann@x.org']);
    expect((await read('1;ann@x.org;a@y.org', { column: '3' })).said).toEqual(['1 a@y.org']);
  });

  it('must be the only one that looks like it: the error names the columns', async () => {
    expect(await wrong('Work mail,Private mail\na@x.org,b@x.org\n')).toBe(
      '2 columns are called like one of e-mail addresses. Choose one with --column NAME; the columns are "Work mail", "Private mail".',
    );
    expect(await wrong('Name,Phone\nAnn,1\n')).toContain('No column is called like one of e-mail addresses');
    expect(await wrong('Email,Phone\na@x.org,1\n', 'Mail')).toContain(
      'no column "Mail". The columns are "Email", "Phone"',
    );
    expect(await wrong('Email,email\na@x.org,1\n', 'EMAIL')).toContain('More than one column');
  });

  it('without a header shows no address in its error', async () => {
    const said = await wrong('ann@x.org,bob@x.org\n');
    expect(said).toContain('--column 1 or --column 2');
    expect(said).not.toContain('ann');
    expect(await wrong('ann@x.org,bob@x.org\n', 'Email')).not.toContain('ann');
  });
});

describe('what cannot be told apart is refused as a whole', () => {
  it('a quote that is never closed, with its line', async () => {
    await expect(read('Email\nann@x.org\n"bob@x.org\ncat@x.org\n')).rejects.toThrow(
      /A quote is opened and never closed.*nothing was written/,
    );
    await expect(read(`Email\n"${'x@y.org\n'.repeat(50_000)}"`)).rejects.toThrow(UnreadableList);
  });

  it('UTF-16 without a mark, and bytes that are no text', async () => {
    await expect(readAll(bytesOf('Email\nann@x.org', 'utf-16le').subarray(2))).rejects.toThrow('--encoding utf-16le');
    const named = await readAll(bytesOf('Email\nann@x.org', 'utf-16le').subarray(2), { encoding: 'utf-16le' });
    expect(named.said).toEqual(['2 ann@x.org']);
  });

  it('an encoding or a delimiter that nobody knows', async () => {
    await expect(read('Email\n', { encoding: 'klingon' })).rejects.toThrow('--encoding does not know');
    await expect(read('Email\n', { delimiter: '::' })).rejects.toThrow('--delimiter takes one character');
  });

  it('an address with signs that the given encoding does not have is broken', async () => {
    const { said } = await readAll(bytesOf('Email\nbjörn@x.org\n', 'windows-1252'), { encoding: 'utf-8' });
    expect(said).toEqual(['2! characters that the encoding does not have']);
  });
});

describe('any encoding, delimiter, line end and quoting say the same', () => {
  const name = fc.stringMatching(/^[a-zäöüéß][a-zäöüéß0-9]{0,12}$/);
  const person = fc.record({
    local: name,
    domain: fc.constantFrom('example.org', 'Bücher.example', 'mail.example.co.uk'),
    note: fc.stringMatching(/^[ -~äöü;,|\t"\n]{0,20}$/),
  });
  it('for everybody in the file', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(person, { minLength: 1, maxLength: 12 }),
        fc.constantFrom<Written>('utf-8', 'utf-8 with mark', 'utf-16le', 'utf-16be', 'windows-1252'),
        fc.constantFrom(',', ';', '\t', '|'),
        fc.constantFrom('\n', '\r\n', '\r'),
        fc.boolean(),
        async (people, written, delimiter, end, header) => {
          const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
          // Without a header the first row tells which column it is, so its note must not look like an address.
          const rows = people.map(({ local, domain, note }, i) =>
            [String(i), `${local}@${domain}`, quoted(header ? note : note.replaceAll('@', ''))].join(delimiter),
          );
          const text = [...(header ? [['Id', 'Email', 'Note'].join(delimiter)] : []), ...rows].join(end);
          const found = await readAll(bytesOf(text, written));
          expect(found.shape.delimiter).toBe(delimiter);
          expect(found.lines.map((one) => 'address' in one && one.address)).toEqual(
            people.map(({ local, domain }) =>
              `${local}@${domain.toLowerCase().replace('bücher', 'xn--bcher-kva')}`.normalize('NFC'),
            ),
          );
        },
      ),
      { numRuns: 150 },
    );
  });
});
