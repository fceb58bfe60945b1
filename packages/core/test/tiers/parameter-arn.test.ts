import { parameterArn } from '@securestring/core';
import { arnOf, PLACE } from '@securestring/test-support/keystores';
import { refusal } from '@securestring/test-support/refusal';
import { describe, expect, it } from 'vitest';

const PREFIX = 'arn:aws:ssm:us-east-1:000000000000:parameter/';

describe('parameterArn', () => {
  it('has exactly one slash before the name: X and /X are one parameter', () => {
    expect(arnOf('X')).toBe(`${PREFIX}X`);
    expect(arnOf('/X')).toBe(`${PREFIX}X`);
    expect(arnOf('/a/b.c_d-e')).toBe(`${PREFIX}a/b.c_d-e`);
  });

  it('takes another partition', () => {
    expect(parameterArn({ name: 'X', ...PLACE, partition: 'aws-cn' })).toBe(
      'arn:aws-cn:ssm:us-east-1:000000000000:parameter/X',
    );
  });

  it.each([
    ['us-east-1', 'aws'],
    ['ap-southeast-5', 'aws'],
    ['cn-north-1', 'aws-cn'],
    ['us-gov-west-1', 'aws-us-gov'],
    ['us-iso-east-1', 'aws-iso'],
    ['us-isob-east-1', 'aws-iso-b'],
    ['eu-isoe-west-1', 'aws-iso-e'],
    ['us-isof-south-1', 'aws-iso-f'],
    ['eusc-de-east-1', 'aws-eusc'],
  ])('takes the partition of the Region unless it is given: %s is in %s', (region, partition) => {
    expect(parameterArn({ name: 'X', region, accountId: '000000000000' })).toBe(
      `arn:${partition}:ssm:${region}:000000000000:parameter/X`,
    );
  });

  it('allows 15 levels and refuses the 16th', () => {
    const levels = (count: number) => '/a'.repeat(count);
    expect(arnOf(levels(15))).toBe(PREFIX + levels(15).slice(1));
    expect(refusal(() => arnOf(levels(16)), 'PARAMETER_NAME').name).toBe('HierarchyLevelLimitExceededException');
  });

  it('allows 1011 characters in all', () => {
    expect(arnOf('a'.repeat(1011 - PREFIX.length))).toHaveLength(1011);
    refusal(() => arnOf('a'.repeat(1012 - PREFIX.length)), 'PARAMETER_NAME');
  });

  it.each(['', '/', 'a/b', '/a//b', '/a/', 'a b', 'a$', 'ä', 'a:1', '{{a}}'])('refuses the name %j', (name) => {
    expect(refusal(() => arnOf(name), 'PARAMETER_NAME').name).toBe('ValidationException');
  });

  it.each([
    { region: '', accountId: '000000000000' },
    { region: 'us-east-1', accountId: '1' },
    { region: 'us east', accountId: '000000000000' },
    { region: 'mars', accountId: '000000000000' },
    { region: 'undefined', accountId: '000000000000' },
    { region: 'us-east-1', accountId: '0000000000000' },
    { region: 'us-east-1', accountId: '000000000000', partition: 'AWS' },
  ])('refuses a place that does not exist: %j', (place) => {
    refusal(() => parameterArn({ name: 'X', ...place }), 'MALFORMED_ARN');
  });
});
