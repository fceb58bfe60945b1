/**
 * Views of a service for its callers. An endpoint makes one for each request, which calls one operation of many, so an
 * operation is bound to the caller of a view when it is first asked for.
 * @module
 */

/** Makes the function of an operation. */
export type BindOne = (name: string) => unknown;

/**
 * Makes a function that makes views: records of `names` and of the given members. `bind` makes the functions of a
 * caller.
 */
export function viewMaker<By, View extends object>(
  names: readonly string[],
  bind: (by: By) => BindOne,
): (by: By, members: Partial<View>) => View {
  const binders = new WeakMap<object, BindOne>();
  const prototype: object = {};
  for (const name of names) {
    const get = function (this: object): unknown {
      return binders.get(this)?.(name);
    };
    Object.defineProperty(prototype, name, { enumerable: true, get });
  }
  Object.freeze(prototype);
  return (by, members) => {
    const view: object = Object.freeze(Object.assign(Object.create(prototype), members));
    binders.set(view, kept(bind(by)));
    return view as View;
  };
}

/** Asks for each function once, so that a view has the same one every time. */
function kept(bindOne: BindOne): BindOne {
  const known = new Map<string, unknown>();
  return (name) => {
    if (!known.has(name)) known.set(name, bindOne(name));
    return known.get(name);
  };
}
