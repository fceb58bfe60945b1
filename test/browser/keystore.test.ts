/**
 * The keystore with memoryStorage, bundled for a browser as an application's bundler does it: the bundle has
 * nothing of Node's, and does what the keystore does on Node.
 */

import { memoryStorage, openKeystore } from '@securestring/keystore';
import { type BuildResult, build } from 'esbuild';
import { describe, expect, it } from 'vitest';

const APPLICATION = `
import { fileStorage, memoryStorage, openKeystore } from '@securestring/keystore';
export { fileStorage, memoryStorage, openKeystore };
`;
/** Names that Node has and a browser has not. */
const NODE_NAMES = ['Buffer', 'process', 'require', 'module', 'global', 'setImmediate'];

async function bundled(): Promise<BuildResult<{ write: false; metafile: true }>> {
  return build({
    stdin: { contents: APPLICATION, resolveDir: import.meta.dirname },
    bundle: true,
    write: false,
    metafile: true,
    platform: 'browser',
    format: 'iife',
    globalName: 'application',
    conditions: ['@securestring/source'],
    logLevel: 'silent',
  });
}

describe('a bundle of the keystore for a browser', () => {
  it('has nothing of Node in it', async () => {
    const { metafile, outputFiles } = await bundled();
    const inputs = Object.keys(metafile.inputs);
    expect(
      inputs.filter((path) =>
        /platform\/node|providers\/node|storage\/(file-|src\/(files|lock|contract)\/)/.test(path),
      ),
    ).toEqual([]);
    expect(Object.values(metafile.outputs).flatMap(({ imports }) => imports)).toEqual([]);
    expect(outputFiles[0]?.text).not.toMatch(/["']node:|__require\(/);
  });

  it('makes a keystore that seals, opens and computes MACs, and reads what Node wrote', async () => {
    const code = (await bundled()).outputFiles[0]?.text ?? '';
    // Node's globals are hidden from it.
    const load = new Function(...NODE_NAMES, `${code}; return application;`);
    const browser: typeof import('@securestring/keystore') = load();
    const storage = memoryStorage();
    const plaintext = new TextEncoder().encode('hello');
    const unlock = { rootKey: new Uint8Array(32).fill(3) };

    const here = await openKeystore({ storage, unlock });
    const { keyId } = (await here.createKey({ keySpec: 'HMAC_224', keyUsage: 'GENERATE_VERIFY_MAC' })).keyMetadata;
    const request = { keyId, message: plaintext, macAlgorithm: 'HMAC_SHA_224' } as const;
    const { mac } = here.generateMac(request);
    const { ciphertextBlob } = here.encrypt({ keyId: 'alias/aws/ssm', plaintext });

    const there = await browser.openKeystore({ storage, unlock });
    expect(there.decrypt({ ciphertextBlob }).plaintext).toEqual(plaintext);
    expect(there.generateMac(request).mac).toEqual(mac);
    await there.addUnlockSlot({ unlock: { passphrase: 'correct horse' } });
    const { nextMarker } = await there.listKeys({ limit: 1 });
    expect((await here.listKeys({ limit: 1 })).nextMarker).toBe(nextMarker);
    expect((await there.listKeys({ ...(nextMarker !== undefined && { marker: nextMarker }) })).keys).toHaveLength(1);
    const back = there.encrypt({ keyId: 'alias/aws/ssm', plaintext });
    await there.close();

    const again = await openKeystore({ storage, unlock: { passphrase: 'correct horse' } });
    expect(again.decrypt({ ciphertextBlob: back.ciphertextBlob }).plaintext).toEqual(plaintext);
    await again.close();
    await here.close();
  });

  it('says that there are no files, and no RSA', async () => {
    const code = (await bundled()).outputFiles[0]?.text ?? '';
    const browser: typeof import('@securestring/keystore') = new Function(
      ...NODE_NAMES,
      `${code}; return application;`,
    )();
    expect(() => browser.fileStorage('keys')).toThrow(TypeError);
    const unlock = { rootKey: new Uint8Array(32).fill(3) };
    const keystore = await browser.openKeystore({ storage: browser.memoryStorage(), unlock });
    const { keyId } = (await keystore.createKey({ origin: 'EXTERNAL' })).keyMetadata;
    const request = { keyId, wrappingAlgorithm: 'RSAES_OAEP_SHA_256', wrappingKeySpec: 'RSA_2048' } as const;
    await expect(keystore.getParametersForImport(request)).rejects.toMatchObject({
      name: 'UnsupportedOperationException',
    });
    await keystore.close();
  });
});
