/**
 * Addresses of the engine's other entry files: TypeScript beside this one when run from source, JavaScript when
 * bundled.
 */
export const entryUrl = (from: string, name: string): URL => new URL(from.endsWith('.ts') ? `./${name}.ts` : `./${name}.js`, from);
