/**
 * `doctor`: whether all is well with a store.
 * @module
 */

import { examples, type Register } from '../command.ts';
import type { Context } from '../context.ts';
import { checkCiphertexts } from '../doctor/ciphertexts.ts';
import { checkFiles } from '../doctor/files.ts';
import { type Finding, line } from '../doctor/finding.ts';
import { EXIT } from '../exit-codes.ts';
import { exitCodeOf, messageOf } from '../failure.ts';
import { allPages } from '../pages.ts';
import { type StorePlace, storePlace } from '../place.ts';
import { unlocksOf } from '../unlock.ts';
import { type OpenStore, requireStore, withOpenStore } from '../with-store.ts';

export const registerDoctor: Register = (program, act) => {
  program
    .command('doctor')
    .description('check the store, its files, and that every SecureString opens')
    .option('--all', 'older versions too')
    .addHelpText('after', examples('securestring doctor', 'securestring doctor --all --json'))
    .action(
      act<{ readonly all?: boolean }>(async (_, { all = false }, context) => {
        const place = storePlace(context);
        await requireStore(place);
        const findings = [...(await checkFiles(place, context.options)), ...(await checkInside(context, place, all))];
        const problems = findings.filter(({ ok }) => !ok);
        const verdict = problems.length === 0 ? 'All is well.' : `${problems.length} problem(s).`;
        context.json({ ok: problems.length === 0, findings: findings.map(({ exitCode: _, ...told }) => told) }, () =>
          [...findings.map((finding) => line(finding, context.colour)), verdict].join('\n'),
        );
        return Math.max(EXIT.ok, ...problems.map(({ exitCode = EXIT.failed }) => exitCode));
      }),
    );
};

/** What only an open store tells. A store that does not open is a finding, too. */
async function checkInside(context: Context, place: StorePlace, all: boolean): Promise<readonly Finding[]> {
  let acted = 0;
  const count = (event: { readonly serviceEventDetails?: unknown }) => {
    if (event.serviceEventDetails !== undefined) acted += 1;
  };
  try {
    return await withOpenStore(
      place,
      unlocksOf(context, place),
      async (store) => {
        const keystore = await checkKeystore(store);
        await store.parameters.runPolicies();
        const ciphertexts = await checkCiphertexts(context, store, all);
        const told = acted === 0 ? 'none was due' : `${acted} that were due have been carried out`;
        return [keystore, { check: 'policies', ok: true, told }, ...ciphertexts];
      },
      { onEvent: count },
    );
  } catch (error) {
    return [{ check: 'store', ok: false, told: messageOf(error), exitCode: exitCodeOf(error) }];
  }
}

async function checkKeystore({ keystore }: OpenStore): Promise<Finding> {
  const keys = await allPages(
    (page) => keystore.listKeys(page),
    (result) => result.keys,
  );
  const { region, accountId, generation } = keystore;
  return {
    check: 'keystore',
    ok: true,
    told: `open, with ${keys.length} key(s), ${region}, ${accountId}, generation ${generation}`,
  };
}
