/**
 * Variables of a shell that lead AWS's clients elsewhere, whatever the variables of `serve` say.
 * @module
 */

/** Each wins over a variable of ours: other credentials, the token of a session, the endpoint of a single service. */
const MISLEADING: readonly string[] = [
  'AWS_PROFILE',
  'AWS_DEFAULT_PROFILE',
  'AWS_SESSION_TOKEN',
  'AWS_SECURITY_TOKEN',
  'AWS_ENDPOINT_URL_KMS',
  'AWS_ENDPOINT_URL_SSM',
  'AWS_ENDPOINT_URL_STS',
  'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS',
];

type Variables = Readonly<Record<string, string | undefined>>;

/** Names those that an environment has. */
export function misleadingIn(env: Variables): readonly string[] {
  return MISLEADING.filter((name) => env[name] !== undefined);
}

/** Returns an environment without them. */
export function withoutMisleading<Env extends Variables>(env: Env): Env {
  const left = Object.entries(env).filter(([name]) => !MISLEADING.includes(name));
  return Object.fromEntries(left) as Env;
}
