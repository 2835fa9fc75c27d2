// Short names for the bodies of the API. schema.d.ts is generated from the server's OpenAPI document.
import type { components } from './schema';

type Schemas = components['schemas'];

export type User = Schemas['UserView'];
export type Project = Schemas['ProjectView'];
export type NewProject = Schemas['ProjectBody'];
export type ProjectChange = Schemas['ProjectChangeBody'];
export type Member = Schemas['MemberView'];
export type Role = Member['role'];
export type Example = Schemas['ExampleView'];
export type Branch = Schemas['BranchView'];
export type Tree = Schemas['TreeView'];
export type TreeEntry = Schemas['TreeEntryView'];
export type CodeFile = Schemas['FileView'];
export type CommitRow = Schemas['CommitView'];
export type CommitDetail = Schemas['CommitDiffView'];
export type DiffFile = Schemas['FileDiffView'];
export type NewCommit = Schemas['CommitBody'];
export type FileChange = Schemas['FileChangeBody'];
export type Token = Schemas['TokenView'];
export type Quota = Schemas['QuotaView'];
export type QuotaUsage = Schemas['QuotaUsageView'];
export type AdminUser = Schemas['UserAdminView'];
export type UserChange = Schemas['UserChangeBody'];
export type Invitation = Schemas['InvitationView'];
export type Settings = Schemas['SettingsView'];
export type Task = Schemas['TaskView'];
export type Explanation = Schemas['ExplainView'];
export type TaskRow = Schemas['TaskRowView'];
export type TaskKind = Task['kind'];
export type TaskState = Task['state'];
export type TaskEvent = Schemas['EventView'];
export type Cluster = Schemas['ClusterView'];
export type Spec = Schemas['SpecView'];
export type UsageSample = Schemas['UsageSampleView'];
export type OutputEntry = Schemas['OutputEntryView'];
export type ProblemBody = Schemas['Problem'];
