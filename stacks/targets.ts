/** Everything but the objects: without its parents and its access none could be made. */
export const AROUND = [
  '**::keelson:kubernetes:ClusterManifests::**',
  '**$keelson:kubernetes:Manifest::**',
  '**::pulumi:providers:kubernetes::**',
];

/** The access alone, to renew it in the state. */
export const ACCESS = AROUND.slice(-1);

/** URNs, as the engine's `--target` takes them, that an up or a preview of these objects touches. */
export const targetsOf = (objects: readonly string[] | undefined): { target?: string[] } =>
  objects === undefined ? {} : { target: [...AROUND, ...objects.map(urnPattern)] };

/** The same for a destroy or a refresh, which leave parents and access alone. */
export const objectTargetsOf = (objects: readonly string[] | undefined): { target?: string[] } =>
  objects === undefined ? {} : { target: objects.map(urnPattern) };

/** @param object its logical name, such as `shop/Deployment/web` */
const urnPattern = (object: string): string => `**::${object}`;

/** The logical name in a URN. */
export const logicalNameIn = (urn: string): string => urn.split('::').slice(3).join('::');
