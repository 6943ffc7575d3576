/** What Go and the projects written in it call this machine. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
}

const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

/** This machine, as `linux`/`darwin`/… and `amd64`/`arm64`/…. */
export function thisPlatform(): Platform {
  return { os: process.platform, architecture: ARCHITECTURES[process.arch] ?? process.arch };
}
