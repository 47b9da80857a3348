import { laneHeight } from './draw-lanes.ts';
import { rulerHeight } from './draw-ruler.ts';

const transportHeight = 38;
const filmstripHeight = 40;
const scrollerHeight = 9;
const fewestLanes = 2;
const mostLanes = 6;

/** The height in px that shows all lanes, while they are few. */
export const usualTimelineHeight = (objects: number): number =>
  transportHeight + rulerHeight + filmstripHeight + scrollerHeight + 4 + laneHeight * Math.min(mostLanes, Math.max(fewestLanes, objects));
