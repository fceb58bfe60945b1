/**
 * Our own endpoint for the probes: stores in a folder, one for each Region, so that they outlive a restart.
 * @module
 */

import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { awsEndpoint, type Services } from '@securestring/endpoint';
import { type EndpointServer, serve } from '@securestring/endpoint/node';
import { openKeystore } from '@securestring/keystore';
import { openParameterStore } from '@securestring/parameters';
import { lmdbKeystoreStorage, lmdbStorage } from '@securestring/storage-lmdb';

/** Serves the stores under a folder. */
export async function serveFolder(folder: string): Promise<EndpointServer> {
  const opened = new Map<string, Promise<Services>>();
  const services = ({ region }: { readonly region: string }): Promise<Services> => {
    const known = opened.get(region) ?? openServices(join(folder, region), region);
    opened.set(region, known);
    return known;
  };
  const server = await serve({ endpoint: awsEndpoint({ services }) });
  const close = async (): Promise<void> => {
    await server.close();
    for (const each of opened.values()) {
      const { keystore, parameters } = await each;
      await parameters.close();
      await keystore.close();
    }
  };
  return { ...server, close, [Symbol.asyncDispose]: close };
}

async function openServices(folder: string, region: string): Promise<Services> {
  mkdirSync(dirname(folder), { recursive: true });
  const keystore = await openKeystore({
    storage: await lmdbKeystoreStorage(folder),
    unlock: { rootKey: new Uint8Array(32).fill(1) },
    region,
  });
  return { keystore, parameters: await openParameterStore({ keystore, storage: await lmdbStorage(folder) }) };
}
