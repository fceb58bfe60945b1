import * as node from '@securestring/core/node';
import { expect, it } from 'vitest';

it('the node:stream twins have the names of the web streams too', () => {
  expect(node.encryptStream).toBe(node.encryptNodeStream);
  expect(node.decryptStream).toBe(node.decryptNodeStream);
});
