/**
 * The path of AWS's prices, as they were at their date.
 * @module
 */

import { fileURLToPath } from 'node:url';

export function priceList(): string {
  return fileURLToPath(new URL('../prices.json', import.meta.url));
}
