// The entry to nanoid, which makes random ids. Only `customRandom` is used: the source of randomness is injected.

export { customRandom } from 'nanoid';
