/**
 * One row an operation. Everything that a service knows about an operation, apart from its work, is in its row. The
 * check of a request, the wire form, the event and the dispatcher read the row, and no module of this package names an
 * operation.
 * @module
 */

import type { Refuse } from './errors.ts';
import type { Member, Members } from './members.ts';

/** Names of the members of each type of a union. */
type NamesOf<Given> = Given extends object ? keyof Given & string : never;
/** `true` if every type of a union may leave a member out. */
type IsOptional<Given, Name extends PropertyKey> = [
  Given extends object ? (Record<never, never> extends Pick<Given, Extract<Name, keyof Given>> ? never : Given) : never,
] extends [never]
  ? true
  : false;

/**
 * A member for each member of a request. A forgotten one does not compile, nor does a required one that the request's
 * type lets callers leave out. The row may make a required member optional, if its work judges the absence.
 */
export type RequestMembers<Request> = {
  readonly [Name in NamesOf<Request>]: Member<IsOptional<Request, Name> extends true ? true : boolean>;
};

/** A member for each member of an answer. A forgotten one does not compile. Bytes and lists have none. */
export type AnswerMembers<Answer> = Answer extends readonly unknown[] | ArrayBufferView
  ? Readonly<Record<never, Member>>
  : { readonly [Name in NamesOf<Answer>]: Member };

/** A row without its work, which each service's table adds. */
export interface Operation<Request, Answer> {
  /** The members of the request. */
  readonly request: RequestMembers<Request>;
  /** Members of AWS's request that this service cannot honour: a request with one is refused by the member's name. */
  readonly refused?: Members;
  /** Makes the refusal of a request that is wrong by itself. Default the service's. */
  readonly refuse?: Refuse;
  /** Judges several members together, before the storage is read. */
  readonly judge?: (request: Request) => void;
  /** The members of the answer; `{}` for an operation without an answer. */
  readonly answer: AnswerMembers<Answer>;
  /** Whether the operation changes nothing that is stored. */
  readonly readOnly: boolean;
  /** Members of the answer that AWS's event shows. Default none. */
  readonly shown?: readonly (NamesOf<Answer> & string)[];
  /** Whether AWS records no event of a call that finds nothing of the requested name. Default false. */
  readonly quietMisses?: boolean;
  /**
   * The condition keys of policies that members of the request fill, such as `kms:RotationPeriodInDays`. A list fills a
   * key of several values. Default none.
   */
  readonly conditions?: Readonly<Record<string, NamesOf<Request>>>;
  /** Names of AWS's errors whose message is empty on the wire. Here they have a text. Default none. */
  readonly withoutMessage?: readonly string[];
  /** Whether AWS has no such operation, so that it has no form on the wire. Default false. */
  readonly isOurs?: boolean;
}

/** A row of any operation, for readers of a whole table. */
export interface AnyOperation
  extends Omit<Operation<unknown, unknown>, 'request' | 'answer' | 'shown' | 'judge' | 'conditions'> {
  /** The members of the request. */
  readonly request: Members;
  /** The members of the answer. */
  readonly answer: Members;
  /** Judges several members together, before the storage is read. */
  readonly judge?: (request: never) => void;
  /** Members of the answer that AWS's event shows. */
  readonly shown?: readonly string[];
  /** The condition keys of policies that members of the request fill. */
  readonly conditions?: Readonly<Record<string, string>>;
}

/** Builds AWS's name of an operation from ours: `GetParameter` from `getParameter`. */
export function awsName(name: string): string {
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}
