import { AS_GIVEN, RECEIPT_FLAGS, type ReceiptFlag } from '../receipt/receipt.js';
import { wantsColor } from './color.js';
import type { Host } from './host.js';
import type { Period } from './open-period.js';
import type { ResultChoice } from './options/output-options.js';
import type { RawFlags } from './options/setting-options.js';

/** The flags with which the same data gives the same bytes. */
export function keepFlags(
  flags: RawFlags,
  output: ResultChoice,
  { settings, zone }: Pick<Period, 'settings' | 'zone'>,
  host: Host,
): Record<string, ReceiptFlag> {
  const kept: Record<string, ReceiptFlag> = {
    format: output.format,
    color: wantsColor(output.color, host.env, false) ? 'always' : 'never',
    timezone: zone.name,
    rules: settings.rules,
    period: settings.period,
  };
  for (const name of AS_GIVEN) {
    const value = flags[attributeName(name)];
    if (typeof value === 'string' || typeof value === 'boolean') kept[name] = value;
    else if (Array.isArray(value)) kept[name] = value.map(String);
  }
  return kept;
}

/** The flags as commander gives them. A receipt is data: a name that shapes no bytes, such as `output`, is left out. */
export function givenFlags(kept: Readonly<Record<string, ReceiptFlag>>): RawFlags {
  return Object.fromEntries(
    RECEIPT_FLAGS.flatMap((name) => (kept[name] === undefined ? [] : [[attributeName(name), kept[name]]])),
  );
}

/** `as-of` is `asOf` to commander. */
function attributeName(flag: string): string {
  return flag.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
