/** Changes whenever a word, a phrase or a rule changes what some text scores. */
export const rulesVersion = '1.3.0';
