import * as vscode from 'vscode';

/** Extensions that write completions into the editor, by their ids in the Marketplace. */
const knownIds: readonly string[] = [
  'AmazonWebServices.amazon-q-vscode',
  'Codeium.codeium',
  'Continue.continue',
  'ggml-org.llama-vscode',
  'GitHub.copilot',
  'GitHub.copilot-chat',
  'Google.geminicodeassist',
  'huggingface.huggingface-vscode',
  'rjmacarthy.twinny',
  'smallcloud.codify',
  'sourcegraph.cody-ai',
  'supermaven.supermaven',
  'TabbyML.vscode-tabby',
  'TabNine.tabnine-vscode',
  'VisualStudioExptTeam.vscodeintellicode-completions',
];

/** Those of them that are at work now: what they show and insert is not ours. */
export function otherCompleters(): string[] {
  return knownIds.filter((id) => vscode.extensions.getExtension(id)?.isActive === true);
}
