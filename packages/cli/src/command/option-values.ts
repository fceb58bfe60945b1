/**
 * What the texts behind options become.
 * @module
 */

import { InvalidArgumentError } from 'commander';

/** From 1. */
export function wholeNumber(text: string): number {
  if (!/^[1-9]\d{0,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 1.');
  return Number(text);
}

/** The texts of an option that is given several times. */
export function collect(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, text];
}

/** A tag of each `key=value`. */
export function collectTag(
  text: string,
  before: readonly { key: string; value: string }[] = [],
): readonly { key: string; value: string }[] {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It must be key=value.');
  return [...before, { key: text.slice(0, at), value: text.slice(at + 1) }];
}
