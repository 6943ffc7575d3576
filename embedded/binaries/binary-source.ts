import type { Report } from '../../lib/progress.js';
import type { GoModule } from './go-modules.js';

export interface SourceOptions {
  readonly report: Report;
  readonly signal?: AbortSignal;
}

/** What a source gave: paths by binary (perhaps only of some), and where they are from in a few words. */
export interface Found {
  readonly paths: Readonly<Record<string, string>>;
  readonly origin: string;
}

/** Why a source gave nothing, and what would change that; empty where nothing was to be expected. */
export interface Refusal {
  readonly refusal: string;
}

/** One place that binaries can come from. Throws only if the caller must mend something before any other is tried. */
export interface BinarySource {
  readonly name: string;
  take(module: GoModule, wanted: readonly string[], options: SourceOptions): Promise<Found | Refusal>;
}
