/** Webpack's loader of the sources: esbuild takes the types out of one file. */

import { transformSync } from 'esbuild';

export default function withoutTypes(source) {
  return transformSync(source, { loader: 'ts', target: 'es2023' }).code;
}
