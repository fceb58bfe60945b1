/** Every rule of Parameter Store that refuses something, with AWS's name and words. */

import { describe, expect, it } from 'vitest';
import {
  openParameterStore,
  type ParameterStore,
  type PutParameterRequest,
  SsmError,
  type SsmExceptionName,
} from '../src/index.ts';
import { countsCodec } from '../src/state/codec.ts';
import { COUNTS_KEY } from '../src/state/keys.ts';
import {
  expiration,
  noChange,
  openKeys,
  openWorld,
  policies,
  put,
  recordsOf,
  START,
  ssmRefusal,
  type World,
} from './support.ts';

type Message = string | RegExp;
type Row = readonly [
  rule: string,
  name: SsmExceptionName,
  message: Message,
  action: (store: ParameterStore, world: World) => unknown,
];

const STANDARD_SIZE =
  'Standard tier parameters support a maximum parameter value of 4096 characters. To create a larger parameter value, upgrade the parameter to use the advanced-parameter tier. For more information, see https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html';
const ADVANCED_SIZE =
  'The specified parameter value is too large. Advanced-tier parameters support a maximum parameter value of 8192 characters.';
const DOWNGRADE =
  "This parameter uses the advanced-parameter tier. You can't downgrade a parameter from the advanced-parameter tier to the standard-parameter tier. If necessary, you can delete the advanced parameter and recreate it as a standard parameter. Be aware that standard parameters have a value limit of 4096 characters.";
const PREFIX = 'Parameter name: can\'t be prefixed with "aws" or "ssm" (case-insensitive).';
const NAME_RULES =
  'Parameter name: can\'t be prefixed with "ssm" (case-insensitive). If formed as a path, it can consist of sub-paths divided by slash symbol; each sub-path can be formed as a mix of letters, numbers and the following 3 symbols .-_';
const PATH =
  'The parameter doesn\'t meet the parameter name requirements. The parameter name must begin with a forward slash "/". It can\'t be prefixed with "aws" or "ssm" (case-insensitive). It must use only letters, numbers, or the following symbols: . (period), - (hyphen), _ (underscore). Special characters are not allowed. All sub-paths, if specified, must use the forward slash symbol "/". Valid example: /get/parameters2-/by1./path0_.';
const SYNTAX =
  'Invalid parameter name. Please use correct syntax for referencing a version/label <name>:<version/label>';
const invalid = (what: string, constraint: string) =>
  `1 validation error detected: ${what} failed to satisfy constraint: ${constraint}`;
const wrapped = (message: string, code: string) =>
  new RegExp(
    `^${message} \\(Service: AWSKMS; Status Code: 400; Error Code: ${code}; Request ID: [0-9a-f-]{36}; Proxy: null\\)$`,
  );

/** What Java's dialect has, and RE2 either has not or takes for something else. */
const NOT_OF_RE2 = [
  ...['(?=a)a', '(?!b)a', '(?<=a)a', '(?<!b)a', '(a)\\1', '(?<n>a)\\k<n>', 'a++', 'a*+', 'a?+', 'a{1}+', '(?>a)'],
  ...['[a-z&&[^b]]', '[a&&b]', '[]a&&b]', '[\\]a&&b]', '[a[bc]]', '[[ab]]', '[^a[b]]'],
  ...[
    '\\p{Alpha}',
    '\\p{IsAlphabetic}',
    '\\p{IsLatin}',
    '\\p{javaLowerCase}',
    '\\h',
    '\\R',
    '\\X',
    '\\Z',
    '\\G',
    '\\e',
    '\\cA',
  ],
  ...['\\u0061', '\\N{SPACE}', 'a{1001}', '(a{100}){100}', '(?x)a', '(?d)a', '(?u)a'],
];

const forged = (...parts: string[]) => Buffer.from(parts.join('\n')).toString('base64url');

const anew =
  (name: string, request: Partial<PutParameterRequest> = {}) =>
  (store: ParameterStore) =>
    put(store, name, 'v', request);
const withValue =
  (value: string, request: Partial<PutParameterRequest> = {}) =>
  (store: ParameterStore) =>
    put(store, 'fresh', value, request);
const withPolicies = (text: string) => withValue('v', { tier: 'Advanced', policies: text });

/** What each row finds: `/app/one`, a standard String of two versions; `adv`, an advanced SecureString. */
async function furnished(): Promise<World> {
  const world = await openWorld();
  await put(world.store, '/app/one', '1');
  await put(world.store, '/app/one', '2', { overwrite: true });
  await put(world.store, 'adv', 'secret', { type: 'SecureString', tier: 'Advanced' });
  return world;
}

const NAMES: Row[] = [
  ['a name of one level begins with aws', 'ValidationException', PREFIX, anew('aws-thing')],
  ['or with ssm, in whatever case', 'ValidationException', PREFIX, anew('SsMthing')],
  ['with a slash in front too', 'ValidationException', PREFIX, anew('/ssm')],
  ['a path begins with ssm', 'ValidationException', NAME_RULES, anew('/ssm/x')],
  ['a path begins with aws', 'AccessDeniedException', 'No access to reserved parameter name: /aws/x.', anew('/aws/x')],
  ['in whatever case', 'AccessDeniedException', 'No access to reserved parameter name: /AWSome/x.', anew('/AWSome/x')],
  ['a path has no slash in front', 'ValidationException', 'Parameter name must be a fully qualified name', anew('a/b')],
  ['a space is in the name', 'ValidationException', NAME_RULES, anew('/a b')],
  ['a character that no name has', 'ValidationException', NAME_RULES, anew('/päth')],
  ['an e-mail address', 'ValidationException', NAME_RULES, anew('/smtp/support@example.com')],
  ['an empty level', 'ValidationException', NAME_RULES, anew('/a//b')],
  ['a slash alone', 'ValidationException', NAME_RULES, anew('/')],
  ['spaces alone', 'ValidationException', NAME_RULES, anew('  ')],
  ['a slash at the end', 'ValidationException', NAME_RULES, anew('/a/')],
  [
    '16 levels',
    'HierarchyLevelLimitExceededException',
    'A hierarchy can have a maximum of 15 levels.',
    anew('/1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16'),
  ],
  [
    'an ARN of 1012 characters',
    'ValidationException',
    "The parameter's ARN has 1012 characters; 1011 are allowed. Use a shorter name.",
    anew('n'.repeat(967)),
  ],
  [
    'an empty name',
    'ValidationException',
    invalid("Value '' at 'name'", 'Member must have length greater than or equal to 1'),
    anew(''),
  ],
  [
    'a name of 2049 characters',
    'ValidationException',
    invalid(`Value '${'n'.repeat(2049)}' at 'name'`, 'Member must have length less than or equal to 2048'),
    anew('n'.repeat(2049)),
  ],
  [
    'no name',
    'ValidationException',
    invalid("Value null at 'name'", 'Member must not be null'),
    (store) => store.putParameter({ value: 'v' } as unknown as PutParameterRequest),
  ],
];

const VALUES: Row[] = [
  ['4097 bytes in the standard tier', 'ValidationException', STANDARD_SIZE, withValue('v'.repeat(4097))],
  [
    'fewer characters of more bytes',
    'ValidationException',
    STANDARD_SIZE,
    withValue('ü'.repeat(2049), { type: 'SecureString' }),
  ],
  [
    '8193 bytes in the advanced tier',
    'ValidationException',
    ADVANCED_SIZE,
    withValue('v'.repeat(8193), { tier: 'Advanced' }),
  ],
  [
    'and under Intelligent-Tiering',
    'ValidationException',
    ADVANCED_SIZE,
    withValue('v'.repeat(8193), { tier: 'Intelligent-Tiering' }),
  ],
  [
    'an empty value',
    'ValidationException',
    invalid("Value at 'value'", 'Member must have length greater than or equal to 1'),
    withValue(''),
  ],
  [
    'no value',
    'ValidationException',
    invalid("Value null at 'value'", 'Member must not be null'),
    (store) => store.putParameter({ name: 'fresh', type: 'String' } as unknown as PutParameterRequest),
  ],
  [
    'a reference to another parameter',
    'ValidationException',
    'Parameter value can\'t nest another parameter. Do not use "{{}}" in your value.',
    withValue('a {{ssm:other}} b'),
  ],
  [
    'a lone surrogate',
    'ValidationException',
    'The parameter value has a lone surrogate, which has no UTF-8 form.',
    withValue('\ud800'),
  ],
  [
    'a value that the pattern does not match',
    'ParameterPatternMismatchException',
    'Parameter value, cannot be validated against allowedPattern: ^\\d+$',
    withValue('12x', { allowedPattern: '^\\d+$' }),
  ],
  [
    'one of which only a part matches',
    'ParameterPatternMismatchException',
    'Parameter value, cannot be validated against allowedPattern: [0-9]',
    withValue('12', { allowedPattern: '[0-9]' }),
  ],
  [
    'a pattern that is not valid',
    'InvalidAllowedPatternException',
    /^The request doesn't meet the regular expression requirement\. .*missing closing/,
    withValue('v', { allowedPattern: '([' }),
  ],
  ...NOT_OF_RE2.map(
    (allowedPattern): Row => [
      `what only Java's dialect has: ${allowedPattern}`,
      'InvalidAllowedPatternException',
      /^The request doesn't meet the regular expression requirement\. The allowedPattern cannot be used by RE2: /,
      withValue('a', { allowedPattern }),
    ],
  ),
  [
    'a pattern of many steps',
    'InvalidAllowedPatternException',
    "The request doesn't meet the regular expression requirement. The allowedPattern cannot be used by RE2: it may take 6002 steps for each character, and 5000 are the most.",
    withValue('a'.repeat(4096), { allowedPattern: '(?:.?){1000}'.repeat(3) }),
  ],
  ...(
    [
      [`(?:${'(a)'.repeat(330)}){1000}`, 663_000],
      [`(?:${'a|bb|'.repeat(190)}c){1,1000}`, 954_000],
      [`(${'(b[(){9}]){0,10}'.repeat(10)}){100,}`, 30_100],
      [`(?:\\Q${'(*'.repeat(20)}\\E\\x{1000}){1000}`, 48_000],
    ] as const
  ).map(
    ([allowedPattern, length]): Row => [
      `a pattern that repeats much: ${allowedPattern.slice(-12)}`,
      'InvalidAllowedPatternException',
      `The request doesn't meet the regular expression requirement. The allowedPattern cannot be used by RE2: with its repetitions written out it has ${length} characters, and 25000 are the most.`,
      withValue('a', { allowedPattern }),
    ],
  ),
  [
    'a pattern of 1025 characters',
    'ValidationException',
    invalid(`Value '${'a'.repeat(1025)}' at 'allowedPattern'`, 'Member must have length less than or equal to 1024'),
    withValue('v', { allowedPattern: 'a'.repeat(1025) }),
  ],
  [
    'a description of 1025 characters',
    'ValidationException',
    invalid(`Value '${'d'.repeat(1025)}' at 'description'`, 'Member must have length less than or equal to 1024'),
    withValue('v', { description: 'd'.repeat(1025) }),
  ],
  [
    'an unknown data type',
    'ValidationException',
    'The following data type is not supported: Text (Data type names are all lowercase.)',
    withValue('v', { dataType: 'Text' as 'text' }),
  ],
  [
    'a text that is not an image id',
    'ValidationException',
    'The parameter value must be an Amazon Machine Image id, such as ami-12345abcdeEXAMPLE.',
    withValue('v', { dataType: 'aws:ec2:image' }),
  ],
  [
    'an image that is a SecureString',
    'UnsupportedParameterType',
    "The parameter type isn't supported.",
    withValue('ami-12345abcdeEXAMPLE', { dataType: 'aws:ec2:image', type: 'SecureString' }),
  ],
  [
    'an unknown integration',
    'UnsupportedParameterType',
    "The parameter type isn't supported.",
    withValue('{}', { dataType: 'aws:ssm:integration' }),
  ],
  [
    'an unknown type',
    'ValidationException',
    invalid("Value 'Secret' at 'type'", 'Member must satisfy enum value set: [SecureString, StringList, String]'),
    withValue('v', { type: 'Secret' as 'String' }),
  ],
];

const OVERWRITES: Row[] = [
  [
    'a parameter that is there, without overwrite',
    'ParameterAlreadyExists',
    'The parameter already exists. To overwrite this value, set the overwrite option in the request to true.',
    anew('/app/one'),
  ],
  [
    'tags with overwrite',
    'ValidationException',
    "Invalid request: tags and overwrite can't be used together. To create a parameter with tags, please remove overwrite flag. To update tags for an existing parameter, please use AddTagsToResource or RemoveTagsFromResource.",
    anew('/app/one', { overwrite: true, tags: [{ key: 'k', value: 'v' }] }),
  ],
  [
    'a new parameter without a type',
    'ValidationException',
    'A parameter type is required when you create a parameter.',
    (store) => store.putParameter({ name: 'fresh', value: 'v' }),
  ],
];

const TIERS: Row[] = [
  [
    'Standard over Advanced',
    'ValidationException',
    DOWNGRADE,
    (store) => store.putParameter({ name: 'adv', value: 'v', tier: 'Standard', overwrite: true }),
  ],
  [
    'an unknown tier',
    'ValidationException',
    invalid("Value 'Free' at 'tier'", 'Member must satisfy enum value set: [Standard, Advanced, Intelligent-Tiering]'),
    withValue('v', { tier: 'Free' as 'Standard' }),
  ],
  [
    'policies in the standard tier',
    'ValidationException',
    'Parameter policies are supported for parameters of the advanced-parameter tier only. To use them, upgrade the parameter to the advanced-parameter tier.',
    withValue('v', { policies: policies(noChange(1)) }),
  ],
  [
    'the 10,001st standard parameter',
    'ParameterLimitExceeded',
    'You have reached the maximum number of standard parameters for this AWS account and Region (10000). To add more parameters, either delete existing parameters or upgrade to the advanced-parameter tier (charges apply).',
    async (store, world) => {
      await setCounts(world, 10_000, 5);
      await put(store, 'fresh', 'v');
    },
  ],
  [
    'the 100,001st advanced parameter',
    'ParameterLimitExceeded',
    'You have reached the maximum number of advanced parameters for this AWS account and Region (100000). To add more parameters, delete existing parameters.',
    async (store, world) => {
      await setCounts(world, 5, 100_000);
      await put(store, 'fresh', 'v', { tier: 'Advanced' });
    },
  ],
];

const KEYS: Row[] = [
  [
    'a key for a String',
    'ValidationException',
    'KeyId is required for SecureString type parameter only.',
    withValue('v', { keyId: 'alias/aws/ssm' }),
  ],
  [
    'a key for a parameter that is a StringList',
    'ValidationException',
    'KeyId is required for SecureString type parameter only.',
    async (store) => {
      await put(store, 'list', 'a,b', { type: 'StringList' });
      await store.putParameter({ name: 'list', value: 'a', keyId: 'alias/aws/ssm', overwrite: true });
    },
  ],
  [
    'a text that is not a key id',
    'ValidationException',
    invalid("Value 'a b' at 'keyId'", 'Member must satisfy regular expression pattern: ^([a-zA-Z0-9:/_-]+)$'),
    withValue('v', { type: 'SecureString', keyId: 'a b' }),
  ],
  [
    'a key id of 257 characters',
    'ValidationException',
    invalid(`Value '${'k'.repeat(257)}' at 'keyId'`, 'Member must have length less than or equal to 256'),
    withValue('v', { type: 'SecureString', keyId: 'k'.repeat(257) }),
  ],
  ...(['Standard', 'Advanced'] as const).flatMap((tier): Row[] => [
    [
      `an alias that is not there, ${tier}`,
      'InvalidKeyId',
      wrapped('Alias arn:aws:kms:us-east-1:000000000000:alias/none is not found\\.', 'NotFoundException'),
      withValue('v', { type: 'SecureString', keyId: 'alias/none', tier }),
    ],
    [
      `a key that is not there, ${tier}`,
      'InvalidKeyId',
      wrapped("Invalid keyId 'none'", 'NotFoundException'),
      withValue('v', { type: 'SecureString', keyId: 'none', tier }),
    ],
  ]),
];

const SELECTORS: Row[] = [
  [
    'nothing of that name',
    'ParameterNotFound',
    'Parameter none not found.',
    (store) => store.getParameter({ name: 'none' }),
  ],
  [
    'what no parameter can be called',
    'ValidationException',
    NAME_RULES,
    (store) => store.getParameter({ name: '{test}-test' }),
  ],
  [
    'what no parameter can be called, among others',
    'ValidationException',
    NAME_RULES,
    (store) => store.getParameters({ names: ['adv', '/a b'] }),
  ],
  ['a path without its slash', 'ValidationException', NAME_RULES, (store) => store.getParameter({ name: 'app/one' })],
  [
    'an ARN with a slash too many',
    'ValidationException',
    NAME_RULES,
    (store) => store.getParameter({ name: 'arn:aws:ssm:us-east-1:000000000000:parameter//app/one' }),
  ],
  [
    'a version that is not there',
    'ParameterVersionNotFound',
    'Systems Manager could not find version 3 of /app/one. Verify the version and try again.',
    (store) => store.getParameter({ name: '/app/one:3' }),
  ],
  [
    'version 0',
    'ParameterVersionNotFound',
    'Systems Manager could not find version 0 of /app/one. Verify the version and try again.',
    (store) => store.getParameter({ name: '/app/one:0' }),
  ],
  [
    'a label that is not there',
    'ParameterNotFound',
    'Parameter /app/one:prod not found.',
    (store) => store.getParameter({ name: '/app/one:prod' }),
  ],
  ['two selectors', 'ValidationException', SYNTAX, (store) => store.getParameter({ name: '/app/one:1:2' })],
  [
    'a path of Windows, as a shell may make of /app/one',
    'ValidationException',
    SYNTAX,
    (store) => store.getParameter({ name: 'C:/Program Files/Git/app/one' }),
  ],
  ['an empty selector', 'ValidationException', SYNTAX, (store) => store.getParameter({ name: '/app/one:' })],
  [
    'a selector where the whole is meant',
    'ValidationException',
    SYNTAX,
    (store) => store.deleteParameter({ name: '/app/one:1' }),
  ],
  [
    'an ARN of another account',
    'ParameterNotFound',
    'Parameter arn:aws:ssm:us-east-1:111111111111:parameter/app/one not found.',
    (store) => store.getParameter({ name: 'arn:aws:ssm:us-east-1:111111111111:parameter/app/one' }),
  ],
  ...[
    'arn:aws:ssm:eu-west-1:000000000000:parameter/app/one',
    'arn:aws-cn:ssm:us-east-1:000000000000:parameter/app/one',
  ].map(
    (name): Row => [
      'an ARN of another Region, or partition',
      'ParameterNotFound',
      `Parameter ${name} not found.`,
      (store) => store.getParameter({ name }),
    ],
  ),
  [
    'no parameter to delete',
    'ParameterNotFound',
    'Parameter none not found.',
    (store) => store.deleteParameter({ name: 'none' }),
  ],
  [
    'no parameter with a history',
    'ParameterNotFound',
    'Parameter none not found.',
    (store) => store.getParameterHistory({ name: 'none' }),
  ],
];

const LABELS: Row[] = [
  [
    'eleven labels on one version',
    'ParameterVersionLabelLimitExceeded',
    'A parameter version can have maximum 10 labels. Move one or more labels to another version and try again.',
    async (store) => {
      const labels = Array.from({ length: 10 }, (_, i) => `l${i}`);
      await store.labelParameterVersion({ name: '/app/one', labels });
      await store.labelParameterVersion({ name: '/app/one', labels: ['more'] });
    },
  ],
  [
    'eleven labels in one request',
    'ValidationException',
    invalid(
      "Value '[l0, l1, l2, l3, l4, l5, l6, l7, l8, l9, l10]' at 'labels'",
      'Member must have length less than or equal to 10',
    ),
    (store) => store.labelParameterVersion({ name: '/app/one', labels: Array.from({ length: 11 }, (_, i) => `l${i}`) }),
  ],
  [
    'labels of a parameter that is not there',
    'ParameterNotFound',
    'Parameter none not found.',
    (store) => store.labelParameterVersion({ name: 'none', labels: ['l'] }),
  ],
  [
    'labels of a version that is not there',
    'ParameterVersionNotFound',
    'Systems Manager could not find version 7 of /app/one. Verify the version and try again.',
    (store) => store.labelParameterVersion({ name: '/app/one', parameterVersion: 7, labels: ['l'] }),
  ],
  [
    'no version to take labels off',
    'ValidationException',
    invalid("Value null at 'parameterVersion'", 'Member must not be null'),
    (store) =>
      store.unlabelParameterVersion({ name: '/app/one', labels: ['l'] } as unknown as {
        name: string;
        labels: string[];
        parameterVersion: number;
      }),
  ],
  [
    'a 101st version where the oldest has a label',
    'ParameterMaxVersionLimitExceeded',
    "You attempted to create a new version of /app/one by calling the PutParameter API with the overwrite flag. Version 1, the oldest version, can't be deleted because it has a label associated with it. Move the label to another version of the parameter, and try again.",
    async (store) => {
      await store.labelParameterVersion({ name: '/app/one', parameterVersion: 1, labels: ['kept'] });
      for (let i = 3; i <= 101; i++) await put(store, '/app/one', String(i), { overwrite: true });
    },
  ],
];

const POLICIES: Row[] = [
  [
    'eleven policies',
    'PoliciesLimitExceededException',
    'You specified more than the maximum number of allowed policies for the parameter. The maximum is 10.',
    withPolicies(policies(...Array.from({ length: 11 }, (_, i) => noChange(i + 1)))),
  ],
  [
    'an unknown type',
    'InvalidPolicyTypeException',
    "The policy type isn't supported. Parameter Store supports the following policy types: Expiration, ExpirationNotification, and NoChangeNotification.",
    withPolicies(policies({ Type: 'Rotation', Version: '1.0', Attributes: {} })),
  ],
  [
    'two expirations',
    'IncompatiblePolicyException',
    "There is a conflict in the policies specified for this parameter. You can't, for example, specify two Expiration policies for a parameter. Review your policies, and try again.",
    withPolicies(policies(expiration(START + 1000), expiration(START + 2000))),
  ],
  ...(
    [
      ['no JSON', 'Policies must be JSON.', '['],
      ['no array', 'Policies must be a JSON array.', '{}'],
      ['no object', 'A policy must be an object of Type, Version, Attributes.', '[1]'],
      ['another version', 'The Version of a policy must be "1.0".', policies({ ...noChange(1), Version: '2.0' })],
      [
        'a field more',
        'A policy must be an object of Type, Version, Attributes.',
        policies({ ...noChange(1), Extra: 1 }),
      ],
      [
        'an attribute less',
        'The Attributes of NoChangeNotification must be an object of After, Unit.',
        policies({ Type: 'NoChangeNotification', Version: '1.0', Attributes: { After: '1' } }),
      ],
      [
        'an unknown unit',
        'The Unit of NoChangeNotification must be Days or Hours.',
        policies({ Type: 'NoChangeNotification', Version: '1.0', Attributes: { After: '1', Unit: 'Weeks' } }),
      ],
      [
        'a time that is not a number',
        'The time of NoChangeNotification must be a whole number in a string, such as "15".',
        policies({ Type: 'NoChangeNotification', Version: '1.0', Attributes: { After: 'x', Unit: 'Days' } }),
      ],
      [
        'a day that does not exist',
        'A Timestamp must be an ISO 8601 instant, such as 2030-01-31T09:00:00.000Z.',
        policies({ Type: 'Expiration', Version: '1.0', Attributes: { Timestamp: '2030-02-30T00:00:00Z' } }),
      ],
      [
        'a time without an offset',
        'A Timestamp must be an ISO 8601 instant, such as 2030-01-31T09:00:00.000Z.',
        policies({ Type: 'Expiration', Version: '1.0', Attributes: { Timestamp: '2030-01-30T00:00:00' } }),
      ],
      ['an end in the past', 'An expiration must be in the future.', policies(expiration(START))],
    ] as const
  ).map(
    ([what, reason, text]): Row => [
      what,
      'InvalidPolicyAttributeException',
      `A policy attribute or its value is invalid. ${reason}`,
      withPolicies(text),
    ],
  ),
  [
    'policies of 4097 characters',
    'ValidationException',
    invalid(`Value '[${' '.repeat(4095)}]' at 'policies'`, 'Member must have length less than or equal to 4096'),
    withPolicies(`[${' '.repeat(4095)}]`),
  ],
  [
    'policies of no characters',
    'ValidationException',
    invalid("Value '' at 'policies'", 'Member must have length greater than or equal to 1'),
    withPolicies(''),
  ],
];

const LISTS: Row[] = [
  [
    'eleven names',
    'ValidationException',
    invalid("Value '[a, a, a, a, a, a, a, a, a, a, a]' at 'names'", 'Member must have length less than or equal to 10'),
    (store) => store.getParameters({ names: Array.from({ length: 11 }, () => 'a') }),
  ],
  [
    'eleven names to delete',
    'ValidationException',
    invalid("Value '[a, a, a, a, a, a, a, a, a, a, a]' at 'names'", 'Member must have length less than or equal to 10'),
    (store) => store.deleteParameters({ names: Array.from({ length: 11 }, () => 'a') }),
  ],
  [
    'no names',
    'ValidationException',
    invalid("Value '[]' at 'names'", 'Member must have length greater than or equal to 1'),
    (store) => store.deleteParameters({ names: [] }),
  ],
  [
    'eleven by path',
    'ValidationException',
    invalid("Value '11' at 'maxResults'", 'Member must have value less than or equal to 10'),
    (store) => store.getParametersByPath({ path: '/', maxResults: 11 }),
  ],
  [
    'none by path',
    'ValidationException',
    invalid("Value '0' at 'maxResults'", 'Member must have value greater than or equal to 1'),
    (store) => store.getParametersByPath({ path: '/', maxResults: 0 }),
  ],
  [
    '51 of a history',
    'ValidationException',
    invalid("Value '51' at 'maxResults'", 'Member must have value less than or equal to 50'),
    (store) => store.getParameterHistory({ name: '/app/one', maxResults: 51 }),
  ],
  [
    '51 described',
    'ValidationException',
    invalid("Value '51' at 'maxResults'", 'Member must have value less than or equal to 50'),
    (store) => store.describeParameters({ maxResults: 51 }),
  ],
  ...[
    (store: ParameterStore) => store.describeParameters({ nextToken: 'x' }),
    (store: ParameterStore) => store.getParametersByPath({ path: '/', nextToken: '' }),
    (store: ParameterStore) => store.getParametersByPath({ path: '/app', nextToken: forged('at', '/app', 'p/ü') }),
    (store: ParameterStore) => store.getParametersByPath({ path: '/app', nextToken: forged('at', '/app', '') }),
    (store: ParameterStore) =>
      store.getParameterHistory({ name: '/app/one', nextToken: forged('history', '/app/one', '1e9') }),
    async (store: ParameterStore) => {
      const { nextToken = '' } = await store.describeParameters({ maxResults: 1 });
      await store.getParametersByPath({ path: '/', nextToken });
    },
    async (store: ParameterStore) => {
      const { nextToken = '' } = await store.getParametersByPath({ path: '/', maxResults: 1, recursive: true });
      await store.getParametersByPath({ path: '/app', recursive: true, nextToken });
    },
  ].map(
    (action, i): Row => [
      `a token of something else (${i})`,
      'InvalidNextToken',
      "The specified token isn't valid.",
      action,
    ],
  ),
  ['a path of slashes', 'ValidationException', PATH, (store) => store.getParametersByPath({ path: '//' })],
  ['a path without its slash', 'ValidationException', PATH, (store) => store.getParametersByPath({ path: 'app' })],
  ['a path with what no path has', 'ValidationException', PATH, (store) => store.getParametersByPath({ path: '/a b' })],
  [
    'a key that this list does not filter by',
    'InvalidFilterKey',
    'The following filter key is not valid: Tier. Valid filter keys include: [Type, KeyId, Label].',
    (store) => store.getParametersByPath({ path: '/', parameterFilters: [{ key: 'Tier', values: ['Standard'] }] }),
  ],
  [
    'the same key twice',
    'InvalidFilterKey',
    'The following filter is duplicated in the request: Type. A request can contain only one occurrence of a specific filter.',
    (store) =>
      store.describeParameters({
        parameterFilters: [
          { key: 'Type', values: ['String'] },
          { key: 'Type', values: ['String'] },
        ],
      }),
  ],
  [
    'an unknown key',
    'ValidationException',
    invalid(
      "Value 'Color' at 'parameterFilters.1.member.key'",
      'Member must satisfy regular expression pattern: tag:.+|Name|Type|KeyId|Path|Label|Tier|DataType',
    ),
    (store) => store.describeParameters({ parameterFilters: [{ key: 'Color', values: ['x'] }] }),
  ],
  [
    'an unknown option',
    'InvalidFilterOption',
    'The following filter option is not valid: Contains. Valid options include: [BeginsWith, Equals].',
    (store) =>
      store.describeParameters({ parameterFilters: [{ key: 'Type', option: 'Contains', values: ['String'] }] }),
  ],
  [
    'a path that equals',
    'InvalidFilterOption',
    'The following filter option is not valid: Equals. Valid options include: [OneLevel, Recursive].',
    (store) => store.describeParameters({ parameterFilters: [{ key: 'Path', option: 'Equals', values: ['/'] }] }),
  ],
  [
    'a label that begins with something',
    'InvalidFilterOption',
    'The following filter option is not valid: BeginsWith. Valid options include: [Equals].',
    (store) =>
      store.getParametersByPath({
        path: '/',
        parameterFilters: [{ key: 'Label', option: 'BeginsWith', values: ['x'] }],
      }),
  ],
  [
    'an unknown type',
    'InvalidFilterOption',
    'The following filter value is not valid: Secret. Valid values include: [SecureString, StringList, String].',
    (store) => store.describeParameters({ parameterFilters: [{ key: 'Type', values: ['Secret'] }] }),
  ],
  [
    'no values',
    'InvalidFilterValue',
    'The following filter values are missing : null for filter key Name',
    (store) => store.describeParameters({ parameterFilters: [{ key: 'Name' }] }),
  ],
];

const TAGS: Row[] = [
  [
    'another kind of resource',
    'InvalidResourceType',
    "The resource type isn't valid. For example, if you are attempting to tag an EC2 instance, the instance must be a registered managed node.",
    (store) => store.listTagsForResource({ resourceType: 'Document' as 'Parameter', resourceId: 'adv' }),
  ],
  ...[
    (store: ParameterStore) => store.listTagsForResource({ resourceType: 'Parameter', resourceId: 'none' }),
    (store: ParameterStore) => store.addTagsToResource({ resourceType: 'Parameter', resourceId: 'none', tags: [] }),
    (store: ParameterStore) =>
      store.removeTagsFromResource({ resourceType: 'Parameter', resourceId: '/none', tagKeys: [] }),
  ].map(
    (action, i): Row => [
      `no such parameter (${i})`,
      'InvalidResourceId',
      "The resource ID isn't valid. Verify that you entered the correct ID and try again.",
      action,
    ],
  ),
  [
    '51 tags',
    'TooManyTagsError',
    'The Targets parameter includes too many tags. Remove one or more tags and try the command again.',
    (store) => put(store, 'fresh', 'v', { tags: Array.from({ length: 51 }, (_, i) => ({ key: `k${i}`, value: '' })) }),
  ],
  [
    'a reserved tag',
    'ValidationException',
    'Tags beginning with aws: are reserved',
    (store) => put(store, 'fresh', 'v', { tags: [{ key: 'aws:x', value: '' }] }),
  ],
  [
    'a key twice',
    'ValidationException',
    'Duplicate tag keys',
    (store) =>
      put(store, 'fresh', 'v', {
        tags: [
          { key: 'k', value: '1' },
          { key: 'k', value: '2' },
        ],
      }),
  ],
];

const SETTINGS: Row[] = [
  [
    'another setting',
    'ServiceSettingNotFound',
    "The specified service setting wasn't found. Either the service name or the setting hasn't been provisioned by the Amazon Web Services service team.",
    (store) => store.getServiceSetting({ settingId: '/ssm/managed-instance/activation-tier' }),
  ],
  [
    'a default that is not a tier',
    'ValidationException',
    'Invalid setting value: Free. Valid values are: Standard, Advanced, Intelligent-Tiering.',
    (store) =>
      store.updateServiceSetting({
        settingId: '/ssm/parameter-store/default-parameter-tier',
        settingValue: 'Free',
      }),
  ],
];

async function setCounts(world: World, Standard: number, Advanced: number): Promise<void> {
  const records = recordsOf(world);
  const expectedVersion = (await records.get(COUNTS_KEY))?.version ?? 0;
  await records.commit([{ key: COUNTS_KEY, value: countsCodec.encode({ Standard, Advanced }), expectedVersion }]);
}

describe.each([
  ['names', NAMES],
  ['values', VALUES],
  ['overwriting', OVERWRITES],
  ['tiers', TIERS],
  ['keys', KEYS],
  ['selectors', SELECTORS],
  ['labels', LABELS],
  ['policies', POLICIES],
  ['lists', LISTS],
  ['tags', TAGS],
  ['settings', SETTINGS],
])('refused of %s', (_, rows) => {
  it.each(rows)('%s: %s', async (_rule, name, message, action) => {
    const world = await furnished();
    const before = await world.storage.list({ prefix: 'p/' });
    const error = await ssmRefusal(() => action(world.store, world), name, message);
    expect(error.code).toMatch(/^SSM_[A-Z_]+$/);
    expect(error).toBeInstanceOf(SsmError);
    const names = (entries: typeof before) => entries.map(({ key }) => key).filter((key) => key !== 'p/list');
    expect(names(await world.storage.list({ prefix: 'p/' }))).toEqual(names(before));
  });
});

describe('misuse', () => {
  const calls: [string, string, (store: ParameterStore, world: World) => unknown][] = [
    ['no request', 'getParameter takes an object, not undefined.', (store) => store.getParameter(undefined as never)],
    ['a name alone', 'getParameter takes an object, not string.', (store) => store.getParameter('adv' as never)],
    ['a list', 'getParameter takes an object, not a list.', (store) => store.getParameter(['adv'] as never)],
    [
      'a misspelt field',
      'getParameter knows no "withdecryption". It takes name, withDecryption.',
      (store) => store.getParameter({ name: 'adv', withdecryption: true } as never),
    ],
    [
      'a name that is not a text',
      'name must be a string, not number.',
      (store) => store.getParameter({ name: 1 } as never),
    ],
    [
      'a value that is not a text',
      'The value must be a string.',
      (store) => put(store, 'fresh', Buffer.from('v') as never),
    ],
    [
      'a flag that is not a boolean',
      'withDecryption must be true or false, not string.',
      (store) => store.getParameter({ name: 'adv', withDecryption: 'true' } as never),
    ],
    [
      'names that are not a list',
      'names must be a list, not string.',
      (store) => store.getParameters({ names: 'adv' } as never),
    ],
    [
      'a value that is not a number',
      'maxResults must be a number, not string.',
      (store) => store.describeParameters({ maxResults: '1' } as never),
    ],
    [
      'an import that is not a list',
      'importParameters takes a list of requests.',
      (store) => store.importParameters({} as never),
    ],
    [
      'a tag in AWS’s own case',
      'tags.1.member knows no "Key". It takes key, value.',
      (store) => put(store, 'fresh', 'v', { tags: [{ Key: 'k', Value: 'v' }] as never }),
    ],
    ...(['description', 'keyId', 'allowedPattern', 'policies', 'dataType', 'type', 'tier'] as const).map(
      (field): [string, string, (store: ParameterStore) => unknown] => [
        `null for no ${field}`,
        `${field} must be a string, not null.`,
        (store) => put(store, 'fresh', 'v', { [field]: null }),
      ],
    ),
    ['null for no flag', 'overwrite must be true or false, not null.', (store) => putWith(store, { overwrite: null })],
    [
      'a lone surrogate in a description',
      'description has a lone surrogate, which has no UTF-8 form.',
      (store) => put(store, 'fresh', 'v', { description: '\udc00' }),
    ],
    ['no options', 'openParameterStore takes an object, not undefined.', () => openParameterStore(undefined as never)],
    [
      'a misspelt option',
      'openParameterStore knows no "onevent". It takes keystore, storage, clock, provider, onEvent, onAudit, acceptUnsealed.',
      (_, { another }) => another({ onevent: () => undefined } as never),
    ],
    [
      'a keystore that was not awaited',
      'keystore must be an open keystore, such as `await openKeystore(…)` gives, not Promise.',
      (_, { another }) => another({ keystore: openKeys() as never }),
    ],
    [
      'a folder’s name for a storage',
      'storage must be a storage of parameters, such as memoryStorage() of this package, or lmdbStorage(path) of @securestring/storage-lmdb, not string.',
      (_, { another }) => another({ storage: 'folder' as never }),
    ],
    [
      'a time for a clock',
      'clock must be a function that returns milliseconds, such as Date.now, not number.',
      (_, { another }) => another({ clock: START as never }),
    ],
    [
      'a name for a provider',
      'provider must be a provider of primitives, such as nodeProvider of @securestring/core/node or nobleProvider of @securestring/core/noble, not string.',
      (_, { another }) => another({ provider: 'node' as never }),
    ],
    [
      'a list for events',
      'onEvent must be a function, not a list.',
      (_, { another }) => another({ onEvent: [] as never }),
    ],
  ];

  const putWith = (store: ParameterStore, request: object) => put(store, 'fresh', 'v', request);

  it.each(calls)('%s is a TypeError that says so', async (_, message, call) => {
    const world = await openWorld();
    await expect(async () => call(world.store, world)).rejects.toThrow(new TypeError(message));
    expect(world.events).toEqual([]);
  });

  it('null for no tags is refused, as a request without them is not', async () => {
    const { store } = await openWorld();
    await ssmRefusal(
      () => putWith(store, { tags: null }),
      'ValidationException',
      invalid("Value null at 'tags'", 'Member must not be null'),
    );
    expect((await putWith(store, { tags: undefined, policies: undefined })).version).toBe(1);
  });

  it('a clock without a time is a RangeError', async () => {
    const { store } = await openWorld({ clock: () => Number.NaN });
    await expect(put(store, 'fresh', 'v')).rejects.toThrow(
      new RangeError('clock must return milliseconds since 1970, as Date.now does, not NaN.'),
    );
  });
});
