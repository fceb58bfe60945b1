/**
 * The common part of the offline KMS and the offline Parameter Store: one row an operation, and the readers of rows.
 * @module
 */

export { AuditError, type Refuse, ServiceError } from './errors.ts';
export {
  type AssumedRoleIdentity,
  type Auditor,
  audienceOf,
  type EventCaller,
  type EventData,
  type EventFacts,
  type EventResource,
  type EventSource,
  type Invocation,
  makeEvent,
  publish,
  publishMade,
  type RootIdentity,
  type ServiceEvent,
  type ServiceIdentity,
  type Subscriber,
  type UnknownIdentity,
  type UserIdentity,
  type UserOfIam,
} from './event.ts';
export { eventCallerOf } from './event-caller.ts';
export { type Bounds, type Faults, fault, refuseFaults } from './faults.ts';
export { type FieldParsers, fieldParsers, type WrongField } from './fields.ts';
export {
  assumed,
  blob,
  flag,
  integer,
  keptBlob,
  list,
  type Member,
  type Members,
  named,
  oneOf,
  opaque,
  optional,
  record,
  requestTable,
  secret,
  secretText,
  takeRequest,
  text,
  time,
  unsupported,
  words,
} from './members.ts';
export { type AnswerMembers, type AnyOperation, awsName, type Operation, type RequestMembers } from './operation.ts';
export { parseToken, writeToken } from './pages.ts';
export {
  type Binding,
  bindOperation,
  type Call,
  type Desk,
  failureOf,
  type Outcome,
  type Recorder,
  requestParameters,
  responseElements,
  unlessFailed,
} from './perform.ts';
export { arnIn, type Place, placeOf, rootArn } from './place.ts';
export { type BindOne, viewMaker } from './views.ts';
export { fromWire, type TimeForm, toWire, WireError, wireName } from './wire.ts';
