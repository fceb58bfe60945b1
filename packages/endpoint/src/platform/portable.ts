/**
 * The primitives where there is no Node.
 * @module
 */

export { nobleProvider as provider } from '@securestring/core/noble';
