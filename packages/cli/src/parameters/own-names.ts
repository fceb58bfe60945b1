/**
 * Parameters that the command line keeps for itself, beside those of the user.
 * @module
 */

/** The path of what `rotation set` keeps, and of values that wait for their test. */
export const ROTATION_PATH = '/securestring-rotation';

/** Whether the command line made a parameter for itself. */
export function isOwnName(name: string): boolean {
  return name.startsWith(`${ROTATION_PATH}/`);
}
