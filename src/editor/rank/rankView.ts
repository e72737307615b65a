/** Id of the view 'Rank Alternatives', as package.json names it. */
export const rankViewId = 'attune.rankView';
