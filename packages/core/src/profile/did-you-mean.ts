import { distance } from 'fastest-levenshtein';

const plain = (word: string): string => word.toLowerCase().replaceAll(/[^a-z0-9]/g, '');

/** The candidate that was probably meant: at most a third of its letters differ. Case and `_-` count for nothing. */
export const didYouMean = (word: string, candidates: readonly string[]): string | undefined => {
  const wanted = plain(word);
  const ranked = candidates
    .map((candidate) => ({ candidate, apart: distance(wanted, plain(candidate)) }))
    .filter(({ candidate, apart }) => candidate !== word && apart <= Math.max(1, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.apart - b.apart);
  return wanted === '' ? undefined : ranked[0]?.candidate;
};
