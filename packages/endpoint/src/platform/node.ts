/**
 * The primitives on Node.
 * @module
 */

export { nodeProvider as provider } from '@securestring/core/node';
