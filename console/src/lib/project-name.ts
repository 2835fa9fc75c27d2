// A first idea for a project's name, from where its code comes from.

/** "https://host/group/My Project.git" -> "My-Project" */
export function nameFromUrl(url: string): string {
  const path = url
    .trim()
    .replace(/[?#].*$/, '')
    .replace(/\/+$/, '')
    .replace(/\.git$/, '');
  const inside = path.replace(/^[a-z]+:\/\/[^/]*/i, '');
  return plain(inside.slice(inside.lastIndexOf('/') + 1));
}

/** "MNIST example-main.zip" -> "MNIST-example-main" */
export function nameFromZip(file: string): string {
  return plain(file.replace(/\.zip$/i, ''));
}

function plain(text: string): string {
  let name = text;
  try {
    name = decodeURIComponent(text);
  } catch {
    // Not escaped: as it is.
  }
  return name.replace(/[^A-Za-z0-9_.-]+/g, '-').replace(/^[^A-Za-z0-9]+|-+$/g, '');
}
