# cloudbrain_embed(TARGET TABLE DIRECTORY): puts every file of DIRECTORY into TARGET by the assembler's
# .incbin, as the function `std::span<const EmbeddedFile> embedded_TABLE()`, which a header of the room
# declares. An empty or missing directory gives an empty table.
function(cloudbrain_embed target table directory)
  file(GLOB_RECURSE files CONFIGURE_DEPENDS RELATIVE ${directory} ${directory}/*)
  set(assembly ".section .rodata\n")
  set(declarations "")
  set(rows "")
  set(number 0)
  foreach(file IN LISTS files)
    if(file MATCHES "\\.map$|__pycache__")
      continue()
    endif()
    string(APPEND assembly
      ".global embedded_${table}_${number}_begin\n.global embedded_${table}_${number}_end\n"
      "embedded_${table}_${number}_begin:\n.incbin \"${directory}/${file}\"\nembedded_${table}_${number}_end:\n.byte 0\n")
    string(APPEND declarations "extern \"C\" const char embedded_${table}_${number}_begin[], embedded_${table}_${number}_end[];\n")
    string(APPEND rows
      "    {\"/${file}\", {embedded_${table}_${number}_begin, static_cast<std::size_t>(embedded_${table}_${number}_end - embedded_${table}_${number}_begin)}},\n")
    math(EXPR number "${number} + 1")
    list(APPEND paths ${directory}/${file})
  endforeach()
  string(APPEND assembly ".section .note.GNU-stack,\"\",@progbits\n")
  string(CONCAT source "#include <span>\n#include <vector>\n\n#include \"base/embedded_file.h\"\n\n${declarations}\n"
    "namespace cloudbrain {\n\nstd::span<const EmbeddedFile> embedded_${table}();\n"
    "std::span<const EmbeddedFile> embedded_${table}() {\n"
    "  static const std::vector<EmbeddedFile> files{\n${rows}  };\n  return files;\n}\n\n}  // namespace cloudbrain\n")
  set(assembly_file ${CMAKE_CURRENT_BINARY_DIR}/embedded_${table}.S)
  set(source_file ${CMAKE_CURRENT_BINARY_DIR}/embedded_${table}.cpp)
  file(CONFIGURE OUTPUT ${assembly_file} CONTENT "${assembly}" @ONLY)
  file(CONFIGURE OUTPUT ${source_file} CONTENT "${source}" @ONLY)
  set_source_files_properties(${assembly_file} PROPERTIES OBJECT_DEPENDS "${paths}")
  set_source_files_properties(${assembly_file} ${source_file} PROPERTIES SKIP_PRECOMPILE_HEADERS ON)
  target_sources(${target} PRIVATE ${assembly_file} ${source_file})
endfunction()
