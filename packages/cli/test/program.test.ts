/**
 * The program as a whole.
 */

import { describe, expect, it } from 'vitest';
import { here } from './here.ts';

describe('the program', () => {
  it('knows each command of its help by that name, when it is called alone too', async () => {
    const { out: help } = await here(['--help']);
    const commands = [...help.matchAll(/^ {2}([a-z]+)(?: |$)/gm)].map((match) => match[1] ?? '');
    expect(commands).toEqual(expect.arrayContaining(['init', 'get', 'exec', 'key', 'inspect', 'completion']));
    for (const command of commands.filter((each) => each !== 'help' && each !== 'securestring')) {
      const { code, out } = await here([command, '--help']);
      expect({ code, usage: out.split('\n')[0] }).toEqual({
        code: 0,
        usage: expect.stringMatching(new RegExp(`^Usage: securestring ${command}( |$)`)),
      });
    }
  });

  it('refuses a command that it does not have, and suggests the one that may be meant', async () => {
    expect(await here(['gett', '/a'])).toMatchObject({ code: 2, err: expect.stringMatching(/unknown command.*get/s) });
  });
});
