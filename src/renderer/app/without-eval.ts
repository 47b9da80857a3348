/**
 * Imported before everything else: schemas are walked, not compiled. Compiling makes code from text, which the page's
 * policy forbids, and whether it may is tried when the first schema is made.
 */
import { z } from 'zod';

z.config({ jitless: true });
