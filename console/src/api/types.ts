// Short names for the bodies of the API. schema.d.ts is generated from the server's OpenAPI document.
import type { components } from './schema';

type Schemas = components['schemas'];

export type User = Schemas['UserView'];
export type Project = Schemas['ProjectView'];
export type NewProject = Schemas['ProjectBody'];
export type Task = Schemas['TaskView'];
export type TaskRow = Schemas['TaskRowView'];
export type TaskKind = Task['kind'];
export type TaskState = Task['state'];
export type TaskEvent = Schemas['EventView'];
export type Cluster = Schemas['ClusterView'];
export type Spec = Schemas['SpecView'];
export type UsageSample = Schemas['UsageSampleView'];
export type OutputEntry = Schemas['OutputEntryView'];
export type ProblemBody = Schemas['Problem'];
