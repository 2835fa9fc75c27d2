# Where things go on a machine, and the .deb (make package, or cpack -G DEB in the build directory).
include(GNUInstallDirs)

if(NOT TARGET cloudbrain)
  return()
endif()

install(TARGETS cloudbrain RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS cloudbrain-runner RUNTIME DESTINATION lib/cloudbrain)
install(DIRECTORY examples DESTINATION share/cloudbrain PATTERN __pycache__ EXCLUDE)
install(FILES README.md README.zh-CN.md CHANGELOG.md DESTINATION share/doc/cloudbrain)
install(FILES packaging/deb/cloudbrain.service DESTINATION lib/systemd/system)
install(FILES packaging/deb/sysusers.conf DESTINATION lib/sysusers.d RENAME cloudbrain.conf)
install(FILES packaging/deb/default DESTINATION /etc/default RENAME cloudbrain)

execute_process(
  COMMAND ${CMAKE_SOURCE_DIR}/packaging/packages run
  OUTPUT_VARIABLE run_packages OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
string(REPLACE "\n" ", " run_packages "${run_packages}")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS packaging/debian-packages.txt)

# Packing takes the two programs as they are; it does not build the unit tests first.
set(CMAKE_SKIP_INSTALL_ALL_DEPENDENCY ON)
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME cloudbrain)
set(CPACK_PACKAGE_CONTACT "The Cloudbrain developers <cloudbrain@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "self-hosted AI training platform")
set(CPACK_DEBIAN_PACKAGE_DESCRIPTION
    "Make a project, push code, upload a data set, fill in one form or type one command, and get a
trained model, with the log on the screen while it trains. One server, its command line and its web
console.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION science)
# The programs' libraries are found by what they are linked with; what they start is listed by us.
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS "${run_packages}")
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "python3-torch, python3-torchvision")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA
    ${CMAKE_SOURCE_DIR}/packaging/deb/postinst ${CMAKE_SOURCE_DIR}/packaging/deb/prerm
    ${CMAKE_SOURCE_DIR}/packaging/deb/postrm ${CMAKE_SOURCE_DIR}/packaging/deb/conffiles)
include(CPack)
