import { invalid } from './api-error.ts';
import type { PortalWorld } from './portal.ts';
import type { PropertyDefinition } from './property.ts';

/** Why a value cannot be written, as it stands inside the message of a `VALIDATION_ERROR`. */
export interface ValueProblem {
  readonly isValid: false;
  readonly message: string;
  readonly error: string;
  readonly name: string;
}

type Given = Readonly<Record<string, unknown>>;

/** The values to write, as stored, `''` to clear; throws one `VALIDATION_ERROR` for all that are wrong: nothing is saved then. */
export function checkedValues(world: PortalWorld, given: Given): Readonly<Record<string, string>> {
  const checked = Object.entries(given).map(([name, value]) => {
    const text = value === null || value === undefined ? '' : String(value);
    return { name: name.toLowerCase(), ...checkedValue(world, name.toLowerCase(), text) };
  });
  const problems = checked.flatMap(({ problem }) => (problem === undefined ? [] : [problem]));
  if (problems.length > 0) throw refusedValues(problems);
  return Object.fromEntries(checked.map(({ name, value }) => [name, value]));
}

export function refusedValues(problems: readonly ValueProblem[]): Error {
  return invalid(`Property values were not valid: ${JSON.stringify(problems)}`, {
    errors: problems.map(({ message, error, name }) => ({ message, code: error, context: { propertyName: [name] } })),
  });
}

interface Checked {
  readonly value: string;
  readonly problem?: ValueProblem;
}

function checkedValue(world: PortalWorld, name: string, value: string): Checked {
  const wrong = (error: string, message: string): Checked => ({
    value,
    problem: { isValid: false, message, error, name },
  });
  const property = world.state.properties.get(name);
  if (property === undefined || property.archivedAtMs !== undefined) {
    return wrong('PROPERTY_DOESNT_EXIST', `Property "${name}" does not exist`);
  }
  if (isReadOnly(world, property)) {
    return wrong('READ_ONLY_VALUE', `"${name}" is a read only property; its value cannot be set.`);
  }
  if (value === '') return { value };
  if (property.rule !== undefined && world.switches.isOn('validationRules') && !new RegExp(property.rule).test(value)) {
    return wrong('PROPERTY_VALIDATION_RULE', `Property "${name}" breaks a validation rule of this account`);
  }
  return checkedByType(world, property, value, wrong);
}

/** Only what the account's switches leave in doubt may differ from the definition. */
export function isReadOnly(
  { switches }: PortalWorld,
  { name, readOnlyValue, calculated }: PropertyDefinition,
): boolean {
  if (name === 'hs_marketable_status' && switches.isOn('marketableWritable')) return false;
  if (name === 'hs_legal_basis' && !switches.isOn('legalBasisWritable')) return true;
  return readOnlyValue || calculated;
}

function checkedByType(
  world: PortalWorld,
  property: PropertyDefinition,
  value: string,
  wrong: (error: string, message: string) => Checked,
): Checked {
  const { name, type } = property;
  switch (type) {
    case 'number':
      return Number.isFinite(Number(value)) && value.trim() !== ''
        ? { value }
        : wrong('INVALID_INTEGER', `${value} was not a valid number.`);
    case 'date':
    case 'datetime':
      return checkedTime(type, value, wrong);
    case 'bool':
    case 'enumeration':
      return checkedOption(property, value, wrong);
    case 'string':
      if (name === 'email') return checkedEmail(world, value, wrong);
      if (name === 'hs_additional_emails') return checkedFurtherEmails(value, wrong);
      return { value };
    default:
      return { value };
  }
}

const DAY_MS = 86_400_000;

/** Milliseconds or ISO 8601; a `date` must be a midnight in UTC. Stored in milliseconds. */
function checkedTime(
  type: 'date' | 'datetime',
  value: string,
  wrong: (error: string, message: string) => Checked,
): Checked {
  const ms = /^-?\d{5,}$/.test(value) ? Number(value) : /^\d{4}-\d\d-\d\d/.test(value) ? Date.parse(value) : Number.NaN;
  if (Number.isNaN(ms)) return wrong('INVALID_DATE', `${value} was not a valid ${type}.`);
  if (type === 'date' && ms % DAY_MS !== 0) {
    return wrong('INVALID_DATE', `${value} is at ${new Date(ms).toISOString()}, not at midnight!`);
  }
  return { value: String(ms) };
}

function checkedOption(
  { fieldType, options }: PropertyDefinition,
  value: string,
  wrong: (error: string, message: string) => Checked,
): Checked {
  const chosen = fieldType === 'checkbox' ? value.split(';').filter((one) => one !== '') : [value];
  const known = new Set(options.map((option) => option.value));
  const stranger = chosen.find((one) => !known.has(one));
  if (stranger === undefined) return { value: chosen.join(';') };
  return wrong('INVALID_OPTION', `${stranger} was not one of the allowed options: ${JSON.stringify([...known])}`);
}

function checkedEmail(
  { switches }: PortalWorld,
  value: string,
  wrong: (error: string, message: string) => Checked,
): Checked {
  const email = value.trim();
  if (!isEmail(email)) return wrong('INVALID_EMAIL', `Email address ${email} is invalid`);
  return { value: switches.isOn('emailsLowerCased') ? email.toLowerCase() : email };
}

/** "`;` separated" */
function checkedFurtherEmails(value: string, wrong: (error: string, message: string) => Checked): Checked {
  const emails = value.split(';').filter((one) => one.trim() !== '');
  const bad = emails.find((one) => !isEmail(one.trim()));
  if (bad !== undefined) return wrong('INVALID_EMAIL', `Email address ${bad} is invalid`);
  return { value: emails.map((one) => one.trim().toLowerCase()).join(';') };
}

export function isEmail(value: unknown): value is string {
  return typeof value === 'string' && /^[^\s@<>(),;:"]+@[^\s@<>(),;:"]+\.[^\s@.<>(),;:"]+$/u.test(value);
}
