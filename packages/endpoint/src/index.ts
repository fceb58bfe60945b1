/**
 * An offline AWS endpoint for KMS, Parameter Store and STS, over a keystore and a parameter store.
 * @module
 */

export { accessKeysOf, anyAccessKey } from './access-keys.ts';
export type { AccessKey, FindAccessKey } from './authentication.ts';
export { awsEndpoint, type EndpointCall, type EndpointOptions, type FindServices } from './endpoint.ts';
export type { AwsEndpoint } from './fetch.ts';
export type { HttpAnswer, HttpRequest } from './message.ts';
export { type SdkRequest, type SdkRequestHandler, sdkRequestHandler } from './sdk.ts';
export type { Services } from './services.ts';
export {
  type AccountRegion,
  type OpenedServices,
  type StoresByPlace,
  type StoresByPlaceOptions,
  storesByPlace,
} from './stores-by-place.ts';
