import { laneHeight } from './draw-lanes.ts';
import { rulerHeight } from './draw-ruler.ts';

const transportHeight = 38;
const filmstripHeight = 40;
const scrollerHeight = 9;
const fewestLanes = 2;

/** A low window leaves its room to the picture and the list of objects. */
const mostLanes = (windowHeight: number): number => Math.min(10, Math.max(4, Math.floor((windowHeight - 480) / 60)));

/** The height in px that shows all lanes, while they are few. */
export const usualTimelineHeight = (objects: number, windowHeight: number = window.innerHeight): number =>
  transportHeight +
  rulerHeight +
  filmstripHeight +
  scrollerHeight +
  4 +
  laneHeight * Math.min(mostLanes(windowHeight), Math.max(fewestLanes, objects));
