/**
 * Fixtures: a record of what a test endpoint holds when a test begins, judged, and made from a store.
 * @module
 */

export { type ExportFixturesOptions, exportFixtures, NOT_EXPORTED } from './fixtures/export.ts';
export { judgeFixtures } from './fixtures/judge.ts';
export {
  type Fixtures,
  FixturesError,
  type KeyFixture,
  type MaterialFixture,
  type ParameterFixture,
  type StoreFixture,
  type TagFixtures,
  type VersionFixture,
} from './fixtures/record.ts';
