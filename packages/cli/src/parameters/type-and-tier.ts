/**
 * Options that say what kind of parameter is stored.
 * @module
 */

import { Option } from 'commander';

export function typeOption(): Option {
  const choices = ['String', 'StringList', 'SecureString'];
  return new Option('--type <type>', 'SecureString (default), String or StringList').choices(choices);
}

export function tierOption(): Option {
  const choices = ['Standard', 'Advanced', 'Intelligent-Tiering'];
  return new Option('--tier <tier>', 'default: Standard, or that of the version before').choices(choices);
}
