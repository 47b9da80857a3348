/** The import direction: shared <- common <- engine <- services <- electron | web | cli; the renderer knows only shared. */
const layer = (name, from, allowed) => ({
  name,
  severity: 'error',
  from: { path: from, pathNot: '\\.test\\.ts$|/testing/' },
  to: { path: '^src/', pathNot: allowed },
});

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    layer('shared-knows-nothing', '^src/shared/', '^src/shared/'),
    layer('common-knows-shared', '^src/main/common/', '^src/(shared|main/common)/'),
    // engine/api is the engine's border: schemas, types, and models.ts, which loads what it needs when it is called.
    layer('engine-knows-shared', '^src/main/engine/', '^src/(shared|main/common|main/engine)/'),
    layer('services-know-the-engines-api', '^src/main/services/', '^src/(shared|main/common|main/engine/api|main/services)/'),
    layer('web-knows-services', '^src/main/web/', '^src/(shared|main/common|main/services|main/web)/'),
    layer('cli-knows-services-and-web', '^src/main/cli/', '^src/(shared|main/common|main/engine/api|main/services|main/web|main/cli)/'),
    layer(
      'electron-knows-services',
      '^src/main/(electron/|index\\.ts)',
      '^src/(shared|main/common|main/engine/api|main/services|main/electron)/',
    ),
    layer('renderer-knows-shared', '^src/renderer/', '^src/(shared|renderer)/'),
    layer('preload-knows-shared', '^src/preload/', '^src/(shared|preload)/'),
    {
      name: 'electron-only-in-its-folder',
      severity: 'error',
      from: { path: '^(src|bench|tests)/', pathNot: '^src/main/electron/|^src/main/index\\.ts$|^src/preload/' },
      to: { path: '(^|/)(electron|electron-store)($|/)', pathNot: '^src/' },
    },
    {
      name: 'shared-has-no-io',
      severity: 'error',
      from: { path: '^src/shared/', pathNot: '\\.test\\.ts$' },
      to: { dependencyTypes: ['core'] },
    },
    {
      // What they do on being loaded answers the channel of whoever loads them.
      name: 'entries-are-imported-for-types-alone',
      severity: 'error',
      from: {},
      to: {
        path: '^src/main/engine/(server/process|worker/inference-worker|model/scheduler/helper-worker)\\.ts$',
        dependencyTypesNot: ['type-only'],
      },
    },
    { name: 'no-circles', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    parser: 'swc',
    exclude: { path: '\\.test\\.ts$|/testing/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.js', '.mjs', '.json'] },
  },
};
