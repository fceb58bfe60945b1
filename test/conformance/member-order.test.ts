/** The members of answers come in the order of AWS's models: in that order the aws command line prints them. */

import { type Members, wireName } from '@securestring/service';
import { describeWithModels, type Model, type ShapeName } from '@securestring/test-support/aws-models';
import { describe, expect, it } from 'vitest';
import { SERVICES } from '../../packages/cli/src/aws/services.ts';
import { MODELS_RELEASE } from './aws-members.ts';

const FOLDERS: Readonly<Record<string, string>> = {
  iam: 'iam/2010-05-08',
  kms: 'kms/2014-11-01',
  ssm: 'ssm/2014-11-06',
  sts: 'sts/2011-06-15',
};

describeWithModels('members of answers are in the order of the models', MODELS_RELEASE, (read) => {
  for (const { name, operations } of SERVICES.values()) {
    describe(name, () => {
      const model = read(FOLDERS[name] ?? name);

      it.each([...operations.values()].map((operation) => [operation.name, operation] as const))(
        '%s',
        (awsName, { answer }) => {
          const { output } = model.operations[awsName] ?? {};
          expect(namesOf(answer)).toEqual(inOrder(model, output, answer));
        },
      );
    });
  }
});

/** The names of members, each with those within it. */
type Names = readonly (readonly [name: string, inner: Names])[];

function namesOf(members: Members): Names {
  return Object.entries(members).map(([name, member]) => [wireName(name, member), namesOf(membersIn(member.wire))]);
}

function membersIn(wire: Members[string]['wire']): Members {
  if (typeof wire === 'string') return {};
  return 'record' in wire ? wire.record : membersIn(wire.list.wire);
}

/** The same names as the model orders them. */
function inOrder(model: Model, named: ShapeName | undefined, members: Members): Names {
  const { type, members: inner = {}, member } = model.shapes[named?.shape ?? ''] ?? { type: '' };
  if (type === 'list') return inOrder(model, member, members);
  const ours = new Map(Object.entries(members).map(([name, each]) => [wireName(name, each), each]));
  return Object.entries(inner).flatMap(([name, shape]) => {
    const own = ours.get(name);
    return own === undefined ? [] : [[name, inOrder(model, shape, membersIn(own.wire))] as const];
  });
}
