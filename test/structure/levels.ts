/**
 * The levels of every package, lowest first. A module belongs to the first pattern that matches its path in `src`, and
 * imports from its own level and from lower ones. A new folder, or a new file beside the folders, gets its place here.
 * @module
 */

/** What each package may import of its siblings. */
export const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  core: [],
  service: ['core'],
  storage: ['core'],
  keystore: ['core', 'service', 'storage'],
  parameters: ['core', 'service', 'storage', 'keystore'],
  audit: ['core', 'service', 'storage'],
  'storage-lmdb': ['core', 'storage'],
  endpoint: ['core', 'service', 'keystore', 'parameters'],
  cli: ['core', 'service', 'storage', 'keystore', 'parameters', 'audit', 'storage-lmdb', 'endpoint'],
};

/** Modules that core's `imports` choose, or a caller passes. They use only what is below their interface. */
export const PROVIDERS = /^providers\//;

export const LEVELS: Readonly<Record<string, readonly RegExp[]>> = {
  core: [
    /^(limits|errors|quoted|bytes|utf8|base64|coded-text|der|options|partitions|scratch)\.ts$/,
    /^(encryption-context|suites|provider)\.ts$/,
    /^message\//,
    /^(sealing|wrap)\//,
    /^keyrings\//,
    /^(encryption-plan|decryption-plan|encrypt|decrypt)\.ts$|^(inspect|stream)\//,
    /^tiers\//,
    /^(index|node)\.ts$|^testing\//,
  ],
  service: [
    /^(errors|fields|pages|place|views)\.ts$/,
    /^(event|faults)\.ts$/,
    /^(members|operation|wire)\.ts$/,
    /^perform\.ts$|^policy\//,
    /^event-caller\.ts$/,
    /^(index|policy)\.ts$/,
  ],
  storage: [
    /^(errors|storage|document-storage|until-committed)\.ts$/,
    /^(changes|sorted-keys)\.ts$|^contract\//,
    /^memory\.ts$|^(files|lock)\//,
    /^(index|lock|paths|testing)\.ts$/,
  ],
  keystore: [
    /^(limits|errors|entry-seals|audit-key|authorization)\.ts$|^platform\//,
    /^document\//,
    /^(clock|randomness)\.ts$|^state\//,
    /^authorization\/(default-policies|key-policy|identities|trust|principal-texts|unique-principals)\.ts$/,
    /^storage\/|^(paths|file-lock)\.ts$/,
    /^requests(\/|\.ts$)|^slot-key\.ts$/,
    /^access-keys\.ts$/,
    /^keystore\.ts$/,
    /^authorization\/(needs|iam-needs|values|grants|grant-\w+|authorize)\.ts$/,
    /^store\.ts$/,
    /^(events|due-events|unlock-slots)\.ts$|^(authorization|entries|operations)\//,
    /^operations\.ts$/,
    /^(bind|callers|open)\.ts$/,
    /^index\.ts$|^testing(\/|\.ts$)/,
  ],
  parameters: [
    /^(limits|errors)\.ts$/,
    /^storage\.ts$|^state\//,
    /^requests(\/|\.ts$)/,
    /^(sealing|transaction)\.ts$|^(rules|entries)\//,
    /^(events|entry-store)\.ts$/,
    /^authorization\//,
    /^operations\/|^parameter-store\.ts$/,
    /^operations\.ts$/,
    /^import-parameters\.ts$/,
    /^open\.ts$/,
    /^locked\.ts$/,
    /^index\.ts$|^testing(\/|\.ts$)/,
  ],
  audit: [
    /^(limits|errors)\.ts$/,
    /^(failure|record)\.ts$/,
    /^(chain|files|query)\.ts$/,
    /^(digest|read|scan)\.ts$/,
    /^verify\.ts$/,
    /^state\.ts$/,
    /^writer\.ts$/,
    /^log\.ts$/,
    /^index\.ts$/,
  ],
  'storage-lmdb': [
    /^(failures|gate)\.ts$/,
    /^heads\.ts$/,
    /^page-(format|reader)\.ts$/,
    /^(pages|databases)\.ts$/,
    /^files\.ts$/,
    /^(erase|read-only|commits)\.ts$/,
    /^environment\.ts$/,
    /^session\.ts$/,
    /^lmdb-(keystore-)?storage\.ts$/,
    /^index\.ts$/,
  ],
  endpoint: [
    /^(aws|fault|message)\.ts$|^platform\//,
    /^(fetch|json|services|signature)\.ts$/,
    /^(authentication|options)\.ts$/,
    /^(foreign-keys|sts)\.ts$/,
    /^(endpoint|faulty|sdk|serve)\.ts$/,
    /^(access-keys|control|stores-by-place)\.ts$|^fixtures\//,
    /^(fixtures|index|node|testing)\.ts$/,
  ],
  cli: [
    /^(version|price-list|word-list)\.ts$/,
    /^output\//,
    /^command\//,
    /^io\//,
    /^agent\//,
    /^formats\//,
    /^store\//,
    /^(parameters|daily|exec|keys|grants|iam|access-keys|audit|messages|backup|rotation|doctor|completion)\//,
    /^(fixtures|serve)\//,
    /^aws\//,
    /^(commands|program|run|main|code-cache|start)\.ts$|^man\//,
  ],
};
