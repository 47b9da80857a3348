/**
 * Whoever breaks a rule of the specification hears of it: each is broken here, and the comparison with the recording
 * must fail.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { constantsOf, type GraphPaths, OnnxGraphs } from '../../../src/main/engine/model/graphs/onnx-graphs.ts';
import { chooseProviders } from '../../../src/main/engine/model/runtime/providers.ts';
import { openParityModel, type ParityModel } from '../parity-model.ts';
import { violations } from '../play-recording.ts';
import { openScenarios, type RecordedScenarios } from '../recorded-scenarios.ts';
import { smallRecording } from '../shared-data.ts';
import { breakGraph, type GraphChange } from './break-graph.ts';
import { breakSource, intactModules, type TrackerModules } from './break-source.ts';
import { type Mutation, mutations } from './mutation-table.ts';

describe('a broken rule is noticed', () => {
  let model: ParityModel;
  let recorded: RecordedScenarios;
  let intact: TrackerModules;
  beforeAll(async () => {
    model = await openParityModel(smallRecording);
    recorded = openScenarios(smallRecording, model);
    intact = await intactModules();
  });
  afterAll(() => model?.close());

  /** What the recording says of a broken tracker; one that stops with an error has been noticed too. */
  const complaints = async (name: string, broken: { graphs?: OnnxGraphs; modules?: TrackerModules }): Promise<string[]> => {
    try {
      return violations(await recorded.play(name, { isForced: true, ...broken }), recorded.tolerances);
    } catch (error) {
      return [String(error)];
    }
  };

  const withGraph = async (change: GraphChange, use: (graphs: OnnxGraphs) => Promise<string[]>): Promise<string[]> => {
    const path = model.paths[change.graph]!;
    const broken = path.replace(/\.onnx$/, '.broken.onnx');
    await writeFile(broken, breakGraph(await readFile(path), change));
    const paths: GraphPaths = { ...model.paths, [change.graph]: broken };
    const graphs = await OnnxGraphs.load(paths, constantsOf(model.manifest), chooseProviders('cpu'));
    try {
      return await use(graphs);
    } finally {
      await graphs.release();
    }
  };

  const complaintsAbout = async ({ source, graph, noticedBy }: Mutation): Promise<string[]> => {
    if (graph) return withGraph(graph, (graphs) => complaints(noticedBy as string, { graphs }));
    const { modules, remove } = await breakSource(source!);
    try {
      if (typeof noticedBy === 'string') return await complaints(noticedBy, { modules });
      expect(await noticedBy(intact), 'the probe complains of the intact tracker').toBe(false);
      return (await noticedBy(modules)) ? ['noticed by the probe'] : [];
    } finally {
      await remove();
    }
  };

  it.each(mutations.map((mutation) => [mutation.rule, mutation.breaks, mutation] as const))(
    'rule %s: %s',
    async (_rule, _breaks, mutation) => {
      expect(await complaintsAbout(mutation)).not.toEqual([]);
    },
  );
});
