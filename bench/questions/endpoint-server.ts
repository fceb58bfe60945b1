/**
 * A server in a process of its own. Its first message says what it is: the endpoint, a bare server that answers the
 * same bytes, or one that does the bare calls of a GetParameter before.
 */

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { awsEndpoint } from '@securestring/endpoint';
import { serve } from '@securestring/endpoint/node';
import { openingCalls, signatureCalls } from './endpoint-floor.ts';
import { CREDENTIALS, openStores } from './endpoint-requests.ts';

/** What a server is asked to be: bytes in base64 by target, or the endpoint. */
export type Order = { readonly answers: Readonly<Record<string, string>>; readonly isCalling?: boolean } | 'endpoint';

process.once('message', async (order: Order) => {
  process.send?.(order === 'endpoint' ? await serveEndpoint() : await serveBare(order));
});
process.on('disconnect', () => process.exit());

async function serveEndpoint(): Promise<string> {
  const stores = await openStores();
  const key = { accountId: stores.keystore.accountId, secretAccessKey: CREDENTIALS.secretAccessKey };
  const accessKey = (id: string) => (id === CREDENTIALS.accessKeyId ? key : undefined);
  return (await serve({ endpoint: awsEndpoint({ ...stores, accessKey }) })).url;
}

/** Reads each request to its end, does the bare calls if it is to, and sends the bytes of its target. */
async function serveBare({ answers, isCalling = false }: Exclude<Order, 'endpoint'>): Promise<string> {
  const [verify, open] = [signatureCalls(), openingCalls()];
  const bodies = new Map(Object.entries(answers).map(([target, body]) => [target, Buffer.from(body, 'base64')]));
  const server = createServer({ keepAliveTimeout: 65_000 }, (request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      if (isCalling) {
        const sent = Buffer.concat(pieces);
        // The key is not the client's, so the signature never matches.
        if (verify(request.headers, sent)) return;
        open(sent);
      }
      const body = bodies.get(String(request.headers['x-amz-target'])) ?? Buffer.alloc(0);
      response.writeHead(200, {
        'x-amzn-requestid': '00000000-0000-4000-8000-000000000000',
        'content-type': 'application/x-amz-json-1.1',
        'content-length': String(body.length),
      });
      response.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
