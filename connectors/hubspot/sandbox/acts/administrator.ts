import { isMirror } from '../portal/addresses.ts';
import { addressOf, change, reflect } from '../portal/contact-write.ts';
import { addList, addSubscription } from '../portal/fresh-portal.ts';
import type { ContactList } from '../portal/lists.ts';
import type { PortalWorld } from '../portal/portal.ts';
import { type Grounds, optOutOfAll, optOutOfType } from '../portal/preferences.ts';
import { isEmail } from '../portal/property-values.ts';
import { addProperty, definitionIn } from '../routes/properties.ts';
import { type Body, isObject, textIn, textsIn } from '../routes/route.ts';
import { acts, contactNamed, emailMeant, impossible, typeNamed } from './target.ts';

const IN_SCREEN: Grounds = { source: 'Unsubscribed by a user', writer: 'CRM_UI' };
const IMPORTED: Grounds = { source: 'Opt-out list import', writer: 'IMPORT' };

/** What an administrator does in the settings. */
export const administratorActs = acts({
  /** In the screen of a contact; `{ email, subscription? }`. */
  'admin/opt-out': (world, body) => {
    const type = typeNamed(world, body);
    const email = emailMeant(body);
    if (type === undefined) optOutOfAll(world, email, IN_SCREEN);
    else optOutOfType(world, email, type, IN_SCREEN);
  },
  /** `{ emails }`: "no contact is created for unknown addresses". */
  'admin/import-opt-outs': (world, body) => {
    const good = textsIn(body, 'emails').filter(isEmail);
    for (const email of good) optOutOfAll(world, email, IMPORTED);
    return { imported: good.length };
  },
  /** Deliverability by the account itself; `{ email, properties: { hs_email_quarantined: 'true', ... } }`. */
  'admin/delivery': (world, body) => {
    const address = addressOf(world, emailMeant(body));
    for (const [name, value] of Object.entries(isObject(body.properties) ? body.properties : {})) {
      if (!isMirror(name) || name.startsWith('hs_email_optout')) throw impossible(`${name} says nothing of delivery`);
      address.delivery[name] = String(value);
    }
    reflect(world, address, 'CRM_UI');
  },
  /** A subscription type; `{ name, isActive?, isInternal?, businessUnitId? }`. */
  'admin/subscription': (world, body) => ({
    id: addSubscription(world.state, world.clock.now(), textIn(body, 'name') ?? 'New type', {
      isActive: body.isActive !== false,
      isInternal: body.isInternal === true,
      businessUnitId: Number(body.businessUnitId ?? 0),
    }).id,
  }),
  /** A property, as in the body of the API; also `rule`, an expression that values must match, and `sensitivity`. */
  'admin/property': (world, body) => {
    const property = definitionIn(world, body);
    const sensitivity = body.sensitivity === 'sensitive' ? 'sensitive' : property.sensitivity;
    addProperty(world.state, { ...property, sensitivity, rule: textIn(body, 'rule') });
    return { name: property.name };
  },
  /** `{ name }` */
  'admin/remove-property': (world, body) => {
    const property = world.state.properties.get(textIn(body, 'name') ?? '');
    if (property === undefined) throw impossible('There is no such property');
    world.state.properties.set(property.name, { ...property, archivedAtMs: world.clock.now() });
  },
  /** A list; `{ name, processingType?, property?, values? }`: a DYNAMIC one has who has one of the values. */
  'admin/list': (world, body) => {
    const list = opened(world, textIn(body, 'name') ?? 'New list');
    const type = body.processingType;
    if (type === 'DYNAMIC' || type === 'SNAPSHOT') list.processingType = type;
    const property = textIn(body, 'property');
    if (property !== undefined) list.filter = { property, values: textsIn(body, 'values') };
    return { id: list.listId };
  },
  'admin/delete-list': (world, body) => {
    const list = world.state.lists.get(textIn(body, 'list') ?? '');
    if (list === undefined) throw impossible('There is no such list');
    list.deletedAtMs = world.clock.now();
  },
  /** Grants the OAuth app; answers the code that comes to the redirect address. */
  'admin/authorize': (world, body) => ({ code: grantedCode(world, body) }),
  /** `{ scopes }` of the static token, and of all OAuth tokens to come by code. */
  'admin/scopes': ({ state }, body) => {
    state.access.scopes = textsIn(body, 'scopes');
  },
  /** The app is uninstalled, or the key rotated: `{ tokens?: 'oauth' | 'static' }`, both unless told. */
  'admin/revoke': ({ state }, body) => {
    const { access } = state;
    if (body.tokens !== 'static') {
      for (const known of [access.tokens, access.refreshTokens])
        for (const key of Object.keys(known)) delete known[key];
    }
    if (body.tokens !== 'oauth') access.revoked.push(access.staticToken);
  },
  /** Values that only the account itself sets; `{ email, properties }`. */
  'admin/set-read-only': (world, body) => {
    const given = Object.entries(isObject(body.properties) ? body.properties : {});
    const values = Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
    return { id: change(world, contactNamed(world, body), values, 'CRM_UI').id };
  },
});

function opened(world: PortalWorld, name: string): ContactList {
  const list = world.state.lists.get(addList(world.state, world.clock.now(), name));
  if (list === undefined) throw impossible('The list was not opened');
  return list;
}

const CODE_LIFETIME_MS = 60_000;

function grantedCode({ state, random, clock }: PortalWorld, body: Body): string {
  const code = random.hex(32);
  const scopes = body.scopes === undefined ? state.access.scopes : textsIn(body, 'scopes');
  state.access.codes[code] = { scopes, expiresAtMs: clock.now() + CODE_LIFETIME_MS };
  return code;
}
