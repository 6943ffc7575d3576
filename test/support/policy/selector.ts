import type { LabelSelector } from 'kubernetes-types/meta/v1';

type Labels = Readonly<Record<string, string>>;

/** Whether it selects everything. */
export const isEmpty = ({ matchLabels = {}, matchExpressions = [] }: LabelSelector): boolean =>
  Object.keys(matchLabels).length === 0 && matchExpressions.length === 0;

/** @see https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#resources-that-support-set-based-requirements */
export const matches = (
  { matchLabels = {}, matchExpressions = [] }: LabelSelector,
  labels: Labels,
): boolean =>
  Object.entries(matchLabels).every(([key, value]) => labels[key] === value) &&
  matchExpressions.every(({ key, operator, values = [] }) => {
    const value = labels[key];
    switch (operator) {
      case 'In':
        return value !== undefined && values.includes(value);
      case 'NotIn':
        return value === undefined || !values.includes(value);
      case 'Exists':
        return value !== undefined;
      case 'DoesNotExist':
        return value === undefined;
      default:
        return false;
    }
  });

export const shown = ({ matchLabels = {}, matchExpressions = [] }: LabelSelector): string =>
  [
    ...Object.entries(matchLabels).map(([key, value]) => `${key}=${value}`),
    ...matchExpressions.map(({ key, operator, values = [] }) =>
      `${key} ${operator} ${values.join(',')}`.trim(),
    ),
  ].join(', ');

/** The labels that a selector asks for, with each value that it names. */
export const terms = ({ matchLabels = {}, matchExpressions = [] }: LabelSelector): [string, string][] => [
  ...Object.entries(matchLabels),
  ...matchExpressions.flatMap(({ key, values }): [string, string][] =>
    (values ?? ['']).map((value) => [key, value]),
  ),
];
