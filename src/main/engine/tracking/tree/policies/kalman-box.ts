/**
 * A linear Kalman filter of a box moving at constant velocity, as SAMURAI describes it (arXiv 2411.11922, section 4.1):
 * state [x, y, a, h] and their rates, x and y the centre, a = width / height. The four pairs are independent under
 * these dynamics, so each is a filter of two numbers. Noise grows with the box's height, as usual in tracking by boxes.
 */
import type { MaskBox } from '../mask-shape.ts';

interface Pair {
  value: number;
  rate: number;
  /** Covariance: of the value, of both, of the rate. */
  p00: number;
  p01: number;
  p11: number;
}

const positionNoise = 1 / 20;
const rateNoise = 1 / 160;
/** Of the aspect, which does not scale with the height: state, its rate, measurement. */
const aspectNoise = { state: 1e-2, rate: 1e-5, measured: 1e-1 };

const measureOf = (box: MaskBox): [number, number, number, number] => {
  const height = box.bottom - box.top;
  const width = box.right - box.left;
  return [(box.left + box.right) / 2, (box.top + box.bottom) / 2, width / height, height];
};

const startPair = (value: number, deviation: number, rateDeviation: number): Pair => ({
  value,
  rate: 0,
  p00: deviation ** 2,
  p01: 0,
  p11: rateDeviation ** 2,
});

const predictPair = (pair: Pair, deviation: number, rateDeviation: number): Pair => ({
  value: pair.value + pair.rate,
  rate: pair.rate,
  p00: pair.p00 + 2 * pair.p01 + pair.p11 + deviation ** 2,
  p01: pair.p01 + pair.p11,
  p11: pair.p11 + rateDeviation ** 2,
});

const correctPair = (pair: Pair, measured: number, deviation: number): Pair => {
  const spread = pair.p00 + deviation ** 2;
  const gain = pair.p00 / spread;
  const rateGain = pair.p01 / spread;
  const surprise = measured - pair.value;
  return {
    value: pair.value + gain * surprise,
    rate: pair.rate + rateGain * surprise,
    p00: (1 - gain) * pair.p00,
    p01: (1 - gain) * pair.p01,
    p11: pair.p11 - rateGain * pair.p01,
  };
};

/** Immutable. */
export class KalmanBox {
  readonly #pairs: readonly [Pair, Pair, Pair, Pair];

  private constructor(pairs: readonly [Pair, Pair, Pair, Pair]) {
    this.#pairs = pairs;
  }

  /** At rest at a box that is not empty. */
  static at(box: MaskBox): KalmanBox {
    const [x, y, aspect, height] = measureOf(box);
    const deviation = 2 * positionNoise * height;
    const rate = 10 * rateNoise * height;
    return new KalmanBox([
      startPair(x, deviation, rate),
      startPair(y, deviation, rate),
      startPair(aspect, aspectNoise.state, aspectNoise.rate),
      startPair(height, deviation, rate),
    ]);
  }

  /** One frame on. */
  predict(): KalmanBox {
    const [x, y, aspect, height] = this.#pairs;
    const deviation = positionNoise * Math.abs(height.value);
    const rate = rateNoise * Math.abs(height.value);
    return new KalmanBox([
      predictPair(x, deviation, rate),
      predictPair(y, deviation, rate),
      predictPair(aspect, aspectNoise.state, aspectNoise.rate),
      predictPair(height, deviation, rate),
    ]);
  }

  correct(box: MaskBox): KalmanBox {
    const measured = measureOf(box);
    const [x, y, aspect, height] = this.#pairs;
    const deviation = positionNoise * Math.abs(height.value);
    return new KalmanBox([
      correctPair(x, measured[0], deviation),
      correctPair(y, measured[1], deviation),
      correctPair(aspect, measured[2], aspectNoise.measured),
      correctPair(height, measured[3], deviation),
    ]);
  }

  get box(): MaskBox {
    const [x, y, aspect, height] = this.#pairs.map(({ value }) => value) as [number, number, number, number];
    const width = aspect * height;
    return { left: x - width / 2, top: y - height / 2, right: x + width / 2, bottom: y + height / 2 };
  }
}
