/**
 * Words of other programs for what a command here does. None of them runs: a script that has one would break where the
 * word gets a meaning of its own.
 * @module
 */

import { excerpt } from '@securestring/core/quoted';
import type { Command } from 'commander';
import { EXIT } from './exit-codes.ts';
import { CliError } from './failure.ts';
import { nearest } from './near.ts';

/** By group of commands, such as `key alias`, and by the command that is meant: its words elsewhere. */
const WORDS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  '': {
    put: ['set', 'write', 'add', 'save', 'store', 'insert', 'create', 'update'],
    get: ['read', 'show', 'cat', 'print', 'value', 'reveal', 'fetch'],
    list: ['ls', 'dir'],
    delete: ['rm', 'remove', 'del', 'unset', 'destroy', 'purge'],
    exec: ['run', 'with'],
    export: ['env', 'dump', 'printenv'],
    import: ['load'],
    move: ['mv', 'rename'],
    copy: ['cp', 'clone', 'duplicate'],
    search: ['find', 'grep'],
    history: ['log', 'versions'],
    describe: ['info', 'view', 'stat'],
    rollback: ['undo', 'revert'],
    generate: ['random', 'pwgen'],
    diff: ['compare'],
    label: ['labels'],
    tag: ['tags'],
    'unlock change': ['passwd', 'password', 'passphrase'],
    doctor: ['check', 'verify', 'fsck', 'status'],
    init: ['setup', 'new'],
    serve: ['server', 'start'],
    lock: ['logout'],
    'agent add': ['login'],
    encrypt: ['seal', 'enc'],
    decrypt: ['open', 'dec', 'unseal'],
    'key create': ['keygen'],
    'key list': ['keys'],
    'key alias list': ['alias', 'aliases'],
    'key rotate': ['rotate-key'],
    audit: ['logs'],
    '--version': ['version'],
  },
  key: {
    list: ['ls'],
    describe: ['show', 'get', 'info'],
    create: ['new', 'add', 'generate'],
    'schedule-deletion': ['delete', 'rm', 'remove', 'destroy'],
    'cancel-deletion': ['restore', 'undelete'],
    'alias list': ['aliases'],
  },
  'key alias': {
    list: ['ls'],
    create: ['add', 'set', 'new'],
    update: ['move', 'mv'],
    delete: ['rm', 'remove'],
  },
  unlock: {
    list: ['ls', 'show'],
    add: ['new', 'create'],
    remove: ['rm', 'delete'],
    change: ['passwd', 'set', 'update'],
  },
};

/** Which command is meant by a word that is not one. */
export function meantBy(word: string, group: string, commands: readonly string[]): readonly string[] {
  const known = Object.entries(WORDS[group] ?? {}).find(([, words]) => words.includes(word.toLowerCase()));
  if (known !== undefined) return [known[0]];
  return nearest(word, commands);
}

/** Lets a program and its groups refuse words that are not commands, and name the command that is meant. */
export function refuseOtherWords(program: Command, group = ''): void {
  for (const below of program.commands) {
    if (below.commands.length > 0) refuseOtherWords(below, `${group} ${below.name()}`.trim());
  }
  const names = program.commands.map((each) => each.name());
  program.on('command:*', ([word = '']: readonly string[]) => {
    throw notACommand(word, group, names);
  });
  // With --help, commander looks at no other word, and would show the help of the group.
  program.addHelpText('before', () => {
    const [word = '', asked] = program.args;
    const other = word === 'help' ? asked : word;
    if (other !== undefined && /^[^-]/.test(other) && !names.includes(other)) throw notACommand(other, group, names);
    return '';
  });
}

function notACommand(word: string, group: string, names: readonly string[]): CliError {
  const meant = meantBy(word, group, names).map((each) => `${group} ${each}`.trim());
  const what = `There is no command ${group === '' ? '' : `${group} `}${excerpt(word)}.`;
  const help = group === '' ? 'securestring --help' : `securestring ${group} --help`;
  return new CliError(
    EXIT.usage,
    meant.length === 0 ? `${what} ${help} shows all.` : `${what} Did you mean ${meant.join(', ')}?`,
  );
}
