/** The linter's lists of actions, against AWS's models: an operation is an action, with one exception. */

import { lintPolicy, parsePolicy } from '@securestring/service/policy';
import { describeWithModels } from '@securestring/test-support/aws-models';
import { expect, it } from 'vitest';
import { MODELS_RELEASE } from './aws-members.ts';

/** Operations that are authorized by actions of other names. */
const OTHERWISE = ['kms:ReEncrypt'];

describeWithModels('the linter', MODELS_RELEASE, (read) => {
  it.each(['kms/2014-11-01', 'ssm/2014-11-06', 'sts/2011-06-15', 'iam/2010-05-08'])(
    'knows the operations of %s',
    (model) => {
      const service = model.slice(0, 3);
      const actions = Object.keys(read(model).operations).map((name) => `${service}:${name}`);
      const statement = { Effect: 'Allow', Action: actions, Resource: '*' };
      const found = lintPolicy(
        parsePolicy(JSON.stringify({ Version: '2012-10-17', Statement: statement }), 'identity'),
      );
      const unknown = found.filter(({ id }) => id === 'unknown-action').map(({ value }) => value);
      expect(unknown).toEqual(OTHERWISE.filter((action) => actions.includes(action)));
    },
  );
});
