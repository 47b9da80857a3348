/** A live recording that has become a clip, and how the work on it becomes work on the clip. */
import { randomUUID } from 'node:crypto';
import type { OpenedMedia } from '../../engine/api/media.ts';
import type { JoinedSegment } from '../../engine/api/recording.ts';
import { readTimes } from '../../engine/api/recording.ts';
import type { EnginePeer } from '../engine-link/engine-supervisor.ts';
import type { Project } from '../project/project.ts';
import type { Projects } from '../project/projects.ts';
import { MaskStore } from '../results/mask-store.ts';
import type { TreeStore } from '../results/tree-store.ts';
import { type KeptWork, WorkHistory, type WorkStep } from '../session/kept-work.ts';
import type { SessionWork } from '../session/session-deps.ts';
import type { SessionService } from '../session/session-service.ts';
import type { LiveWork } from './live-work.ts';
import { FrameMap, rekeyMasks, rekeyWork } from './rekey.ts';

export interface LiveClip {
  path: string;
  /** Writes the work under the clip's frame numbers. @param project where it is kept; null = in a store of its own */
  adopt(media: OpenedMedia, project: Project | null, newStore?: () => MaskStore): Promise<SessionWork>;
  /** What the memories told goes along, as far as this process knows it. */
  adoptTrees(session: SessionService, media: OpenedMedia): void;
}

export const rekeyed = (
  path: string,
  work: LiveWork,
  segments: readonly JoinedSegment[],
  { isFollowed, trees }: { isFollowed: boolean; trees: TreeStore | null },
): LiveClip => {
  const times = readTimes(work.folder);
  const mapTo = (media: OpenedMedia): FrameMap => new FrameMap(times, segments, media);
  return {
    path,
    adopt: async (media, project, newStore = () => new MaskStore()) => {
      const map = mapTo(media);
      const kept: KeptWork = rekeyWork(work.saved, map, isFollowed);
      const store = project?.store ?? newStore();
      await rekeyMasks(work.store, store, kept.objects, map);
      project?.save(kept);
      const save = (next: KeptWork, step: WorkStep | null): void => project?.save(next, step);
      return { store, kept, history: new WorkHistory(), ...(project && { trees: project.trees }), save };
    },
    adoptTrees: (session, media) => {
      const map = mapTo(media);
      trees?.copyTo(session.trees, (frame) => map.same(frame));
    },
  };
};

/** Makes a project of the clip without opening it for the user. */
export const keepClip = async (clip: LiveClip, projects: Projects, engine: EnginePeer): Promise<void> => {
  if (!projects.keeps) return;
  const sessionId = randomUUID();
  const media = await engine.call('open', { sessionId, path: clip.path });
  await engine.call('close', { sessionId });
  const project = await projects.create(clip.path, media);
  await clip.adopt(media, project);
  const { folder, file } = project;
  project.close(true);
  await projects.recents.made({ path: folder, name: file.name, source: clip.path });
};
