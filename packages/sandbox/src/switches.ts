/** One behaviour of the vendor that no source confirms: it can be set either way, and both must be survived. */
export interface SwitchDeclaration {
  readonly default: SwitchValue;
  /** The values allowed; without it, any value of the default's type. */
  readonly values?: readonly SwitchValue[];
  /** What it decides, in a sentence. */
  readonly about: string;
}

export type SwitchValue = boolean | number | string;

/** The switches of a running sandbox. */
export interface Switches {
  /** The present value; throws for a name that was not declared. */
  get(name: string): SwitchValue;
  /** The same, for a switch that is on or off. */
  isOn(name: string): boolean;
  /** Sets several; throws `RangeError` for an unknown name or a value that is not allowed, and then sets none. */
  set(values: Readonly<Record<string, unknown>>): void;
  all(): Readonly<Record<string, SwitchValue>>;
}

export function switchesOf(
  declared: Readonly<Record<string, SwitchDeclaration>>,
  initial: Readonly<Record<string, unknown>> = {},
): Switches {
  const values = new Map<string, SwitchValue>();
  for (const [name, declaration] of Object.entries(declared)) values.set(name, declaration.default);
  const get = (name: string): SwitchValue => {
    const value = values.get(name);
    if (value === undefined) throw new RangeError(`No switch is called ${name}`);
    return value;
  };
  const set = (wanted: Readonly<Record<string, unknown>>): void => {
    const checked = Object.entries(wanted).map(([name, value]) => [name, allowed(declared, name, value)] as const);
    for (const [name, value] of checked) values.set(name, value);
  };
  set(initial);
  return { get, set, isOn: (name) => get(name) === true, all: () => Object.fromEntries(values) };
}

function allowed(declared: Readonly<Record<string, SwitchDeclaration>>, name: string, value: unknown): SwitchValue {
  const declaration = Object.hasOwn(declared, name) ? declared[name] : undefined;
  if (declaration === undefined) {
    throw new RangeError(`No switch is called ${name}; there are: ${Object.keys(declared).join(', ') || 'none'}`);
  }
  const fits = declaration.values?.some((one) => one === value) ?? typeof value === typeof declaration.default;
  if (!fits) throw new RangeError(`The switch ${name} does not take ${JSON.stringify(value)}`);
  return value as SwitchValue; // checked against the declaration just above
}
