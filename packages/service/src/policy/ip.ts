/**
 * Ranges of IP addresses in CIDR notation (RFC 4632, RFC 4291).
 * @module
 */

/** An address of four or sixteen bytes. */
type Address = readonly number[];

/** A range, ready to be asked about an address. What is not an address of its family is not in it. */
export type IpRange = (address: string) => boolean;

/** Parses an address, or an address with the length of its prefix. Returns `undefined` if it is neither. */
export function ipRange(text: string): IpRange | undefined {
  const [base = '', prefix, ...more] = text.split('/');
  const wanted = addressOf(base);
  if (wanted === undefined || more.length > 0) return undefined;
  const bits = wanted.length * 8;
  if (prefix !== undefined && !/^\d{1,3}$/.test(prefix)) return undefined;
  const length = prefix === undefined ? bits : Number(prefix);
  if (length > bits) return undefined;
  return (sent) => {
    const address = addressOf(sent);
    return address?.length === wanted.length && hasPrefix(address, wanted, length);
  };
}

function hasPrefix(address: Address, wanted: Address, length: number): boolean {
  return address.every((byte, i) => {
    const kept = Math.min(8, Math.max(0, length - i * 8));
    const mask = (0xff << (8 - kept)) & 0xff;
    return (byte & mask) === ((wanted[i] ?? 0) & mask);
  });
}

function addressOf(text: string): Address | undefined {
  return text.includes(':') ? version6(text) : version4(text);
}

function version4(text: string): Address | undefined {
  const parts = text.split('.');
  if (parts.length !== 4 || !parts.every((part) => /^\d{1,3}$/.test(part) && Number(part) <= 0xff)) return undefined;
  return parts.map(Number);
}

/** Eight groups of four hex digits; `::` replaces groups of zeros; the last two may be an address of version 4. */
function version6(text: string): Address | undefined {
  const halves = text.split('::');
  if (halves.length > 2) return undefined;
  const [front, back] = halves.map(groupsOf);
  if (front === undefined || (halves.length === 2 && back === undefined)) return undefined;
  if (back === undefined) return front.length === 16 ? front : undefined;
  const missing = 16 - front.length - back.length;
  return missing >= 2 ? [...front, ...Array<number>(missing).fill(0), ...back] : undefined;
}

function groupsOf(text: string): Address | undefined {
  if (text === '') return [];
  const groups = text.split(':');
  const bytes: number[] = [];
  for (const [i, group] of groups.entries()) {
    const embedded = i === groups.length - 1 && group.includes('.') ? version4(group) : undefined;
    if (embedded !== undefined) bytes.push(...embedded);
    else if (/^[0-9a-f]{1,4}$/i.test(group)) {
      const value = Number.parseInt(group, 16);
      bytes.push(value >> 8, value & 0xff);
    } else return undefined;
  }
  return bytes.length <= 16 ? bytes : undefined;
}
