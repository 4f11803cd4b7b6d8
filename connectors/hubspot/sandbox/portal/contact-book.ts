/** One contact as it stands after its last write; every write replaces it whole, so a version can be kept by reference. */
export interface Contact {
  /** A number, as a string; later contacts have greater ones. */
  readonly id: string;
  readonly createdAtMs: number;
  /** `lastmodifieddate` */
  readonly updatedAtMs: number;
  /** When it was moved to the recycle bin. */
  readonly archivedAtMs: number | undefined;
  /** Without empty values, and without those that every contact has: id, creation, last change. */
  readonly properties: Readonly<Record<string, string>>;
  /** Newest first, only of properties that changed after the creation. */
  readonly history: Readonly<Record<string, readonly PastValue[]>>;
}

export interface PastValue {
  readonly value: string;
  readonly atMs: number;
  /** `INTEGRATION`, `CRM_UI`, `EMAIL` ... */
  readonly source: string;
}

/** The contacts, live and archived, and by what they can be found. */
export class ContactBook {
  /** Properties of which no two live contacts may have the same value, besides the address. */
  readonly uniqueNames = new Set<string>();
  /** Grows with every change: who computes something of all contacts can keep it until then. */
  revision = 0;
  readonly #byId = new Map<string, Contact>();
  /** Ascending ids of all contacts that ever were. */
  readonly #order: string[] = [];
  /** Id of the live contact that has a value of an identifying property. */
  readonly #holders = new Map<string, string>();
  /** Ids that were merged away, to what they became. */
  readonly #aliases = new Map<string, string>();

  /** Adds a contact, or replaces the version there is. */
  put(contact: Contact): void {
    this.revision += 1;
    const before = this.#byId.get(contact.id);
    if (before === undefined) this.#order.push(contact.id);
    else this.#release(before);
    this.#byId.set(contact.id, contact);
    if (contact.archivedAtMs !== undefined) return;
    for (const key of this.#keysOf(contact)) this.#holders.set(key, contact.id);
  }

  /** Live or archived, by its id or by one that was merged into it. */
  get(id: string): Contact | undefined {
    let current = id;
    for (let next = this.#aliases.get(current); next !== undefined; next = this.#aliases.get(current)) current = next;
    return this.#byId.get(current);
  }

  /** The live contact with this primary or further address. */
  byEmail(email: string): Contact | undefined {
    return this.byUnique('email', email);
  }

  /** The live contact with this value of `email` or a unique property. */
  byUnique(property: string, value: string): Contact | undefined {
    const id = this.#holders.get(keyOf(property, value));
    return id === undefined ? undefined : this.#byId.get(id);
  }

  /** Forgets a contact; its id, and those merged into it, lead nowhere any more. */
  purge(id: string): void {
    const contact = this.#byId.get(id);
    if (contact === undefined) return;
    this.revision += 1;
    this.#release(contact);
    this.#byId.delete(id);
  }

  /** From now on `oldId` means `newId`. */
  follow(oldId: string, newId: string): void {
    this.purge(oldId);
    this.#aliases.set(oldId, newId);
  }

  /** Contacts with a greater id than `afterId`, in ascending order. */
  *from(afterId = ''): Iterable<Contact> {
    for (let at = this.#positionAfter(afterId); at < this.#order.length; at += 1) {
      const contact = this.#byId.get(this.#order[at] ?? '');
      if (contact !== undefined) yield contact;
    }
  }

  /** Live contacts, in ascending order of their ids. */
  *live(): Iterable<Contact> {
    for (const contact of this.from()) if (contact.archivedAtMs === undefined) yield contact;
  }

  aliases(): Iterable<readonly [string, string]> {
    return this.#aliases;
  }

  /** A stored alias: both ids were in use before. */
  restoreAlias(oldId: string, newId: string): void {
    this.#aliases.set(oldId, newId);
  }

  #release(contact: Contact): void {
    for (const key of this.#keysOf(contact)) if (this.#holders.get(key) === contact.id) this.#holders.delete(key);
  }

  #keysOf({ properties }: Contact): readonly string[] {
    const keys = addressesOf(properties).map((email) => keyOf('email', email));
    for (const name of this.uniqueNames) {
      const value = properties[name];
      if (value !== undefined) keys.push(keyOf(name, value));
    }
    return keys;
  }

  #positionAfter(id: string): number {
    const wanted = Number(id);
    let low = 0;
    let high = this.#order.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (Number(this.#order[middle]) <= wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The primary address first, then the further ones. */
export function addressesOf(properties: Contact['properties']): readonly string[] {
  const { email, hs_additional_emails: further = '' } = properties;
  const all = further === '' ? [] : further.split(';').filter((one) => one !== '');
  return email === undefined ? all : [email, ...all];
}

/** A property's value as stored: times in milliseconds; `undefined` when empty. */
export function propertyValue(contact: Contact, name: string): string | undefined {
  switch (name) {
    case 'hs_object_id':
      return contact.id;
    case 'createdate':
      return String(contact.createdAtMs);
    case 'lastmodifieddate':
      return String(contact.updatedAtMs);
    default:
      return Object.hasOwn(contact.properties, name) ? contact.properties[name] : undefined;
  }
}

/** "Email is unique; compare it lower-cased". Other unique values: as written. */
function keyOf(property: string, value: string): string {
  return `${property} ${property === 'email' ? value.toLowerCase() : value}`;
}
