/**
 * Faults on order: an endpoint for tests that fails when the test says so, which AWS's own never does.
 * @module
 */

import { flag, type Members, members, number, optional, takeOptions, text } from '@securestring/core/options';
import { type AwsEndpoint, endpointOver } from './fetch.ts';
import { jsonError } from './json.ts';
import type { HttpAnswer, HttpRequest } from './message.ts';

/** What goes wrong with the next calls. */
export interface OrderedFault {
  /** AWS's name of the error, such as `ThrottlingException`. Without one, the calls are answered after `latency`. */
  readonly error?: string;
  /** The text of the error. */
  readonly message?: string;
  /** The status of the error. Default 400; clients repeat 500 and 503. */
  readonly status?: number;
  /** Milliseconds before each answer. */
  readonly latency?: number;
  /** Whether the connection is cut instead of answered. */
  readonly cut?: boolean;
  /** AWS's name of the operation, such as `GetParameter`. Default every operation. */
  readonly operation?: string;
  /** How many calls. Default 1. */
  readonly times?: number;
}

const OPTIONS: Members<OrderedFault> = members<OrderedFault>({
  error: optional(text),
  message: optional(text),
  status: optional(number),
  latency: optional(number),
  cut: optional(flag),
  operation: optional(text),
  times: optional(number),
});

/** An endpoint, and its orders. */
export interface FaultyEndpoint {
  readonly endpoint: AwsEndpoint;
  /**
   * Orders a fault. Orders are carried out one after the other, in their order.
   *
   * @throws `TypeError` if a member is unknown, or not of its type.
   */
  order(fault: OrderedFault): void;
  /** Forgets all orders. */
  forget(): void;
}

/** Rejects a request whose connection is to be cut. */
export class CutConnection extends Error {
  override readonly name = 'TimeoutError';
  readonly code = 'ECONNRESET';

  constructor() {
    super('The connection was cut, as was ordered.');
  }
}

/** Puts faults on order before an endpoint. */
export function faultyEndpoint({ handle }: Pick<AwsEndpoint, 'handle'>): FaultyEndpoint {
  let orders: { readonly fault: OrderedFault; left: number }[] = [];
  const take = (operation: string): OrderedFault | undefined => {
    const order = orders.find(({ fault }) => fault.operation === undefined || fault.operation === operation);
    if (order === undefined) return undefined;
    order.left--;
    if (order.left <= 0) orders = orders.filter((other) => other !== order);
    return order.fault;
  };
  const faulty = async (request: HttpRequest): Promise<HttpAnswer> => {
    const fault = take(request.headers['x-amz-target']?.split('.').at(-1) ?? '');
    if (fault?.latency !== undefined) await new Promise((resolve) => setTimeout(resolve, fault.latency));
    if (fault?.cut) throw new CutConnection();
    if (fault?.error === undefined) return handle(request);
    return jsonError(fault.status ?? 400, fault.error, fault.message ?? '', crypto.randomUUID());
  };
  return {
    endpoint: endpointOver(faulty),
    order: (ordered) => {
      const fault = takeOptions('order', ordered, OPTIONS);
      orders = [...orders, { fault, left: fault.times ?? 1 }];
    },
    forget: () => {
      orders = [];
    },
  };
}
